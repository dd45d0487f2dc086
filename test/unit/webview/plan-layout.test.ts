import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { RunEvent } from "../../../src/core/state/events";
import { Plan } from "../../../src/core/plan/plan";
import { MAX_NAMED_NODES, planLayout } from "../../../webview/plan-layout";
import { ICONS } from "../../../webview/words";
import { FakeSource } from "../../e2e/panel/fake-source";
import { halfwayRun } from "../../e2e/panel/fixture";

function layoutOf(dependencies: Readonly<Record<string, readonly string[]>>, room?: number) {
  const subtasks = Object.entries(dependencies).map(([id, list]) => ({ id, dependencies: [...list] }));
  const [created] = halfwayRun();
  assert.ok(created);
  const proposed: RunEvent = { type: "plan.proposed", plan: Plan.parse({ task: "t", subtasks }), by: "file" };
  return planLayout(new FakeSource([created, proposed]).view, { room });
}

describe("planLayout", () => {
  it("has a column per wave and an edge per dependency", () => {
    const layout = layoutOf({ a: [], b: ["a"], c: ["a"], d: ["b", "c"] });
    const columns = layout.nodes.map((node) => [node.subtask.id, node.x] as const);
    assert.equal(new Set(columns.map(([, x]) => x)).size, 3);
    assert.deepEqual(
      layout.edges.map(({ from, to }) => `${from}${to}`),
      ["ab", "ac", "bd", "cd"],
    );
    for (const node of layout.nodes) {
      assert.ok(node.x >= 0 && node.x + layout.nodeWidth <= layout.width, `${node.subtask.id} is inside`);
      assert.ok(node.y >= 0 && node.y + layout.nodeHeight <= layout.height, `${node.subtask.id} is inside`);
    }
  });

  it("places a subtask at the height of what it depends on", () => {
    const layout = layoutOf({ top: [], bottom: [], last: ["bottom"], first: ["top"] });
    const y = (id: string) => layout.nodes.find((node) => node.subtask.id === id)?.y;
    assert.deepEqual([y("first"), y("last")], [y("top"), y("bottom")]);
  });

  it("no two nodes overlap", () => {
    const layout = layoutOf(
      Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`s${i}`, i > 5 ? [`s${i - 6}`] : []])),
    );
    const places = layout.nodes.map(({ x, y }) => `${x},${y}`);
    assert.equal(new Set(places).size, 12);
  });

  const chain = { a: [], b: ["a"], c: ["b"], d: ["c"] };
  const rooms: readonly (readonly [number | undefined, number])[] = [
    [undefined, 716],
    [2_000, 716],
    [650, 650],
    [450, 450],
    // Narrower, names could not be told apart: it scrolls.
    [200, 420],
  ];
  for (const [room, width] of rooms)
    it(`is ${width} wide with a room of ${room ?? "any size"}`, () => {
      const layout = layoutOf(chain, room);
      assert.ok(Math.abs(layout.width - width) <= 4, String(layout.width));
      for (const [i, node] of layout.nodes.entries())
        assert.ok(i === 0 || node.x >= (layout.nodes[i - 1]?.x ?? 0) + layout.nodeWidth + 10, node.subtask.id);
    });

  it("draws glyphs alone when there are many", () => {
    const many = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`s${i}`, []]));
    assert.equal(layoutOf(many(MAX_NAMED_NODES)).compact, false);
    assert.equal(layoutOf(many(MAX_NAMED_NODES + 1)).compact, true);
  });
});

describe("ICONS", () => {
  it("are the code points the codicon font has", () => {
    const csv = createRequire(import.meta.url).resolve("@vscode/codicons/dist/codicon.csv");
    const table = new Map(
      readFileSync(csv, "utf8")
        .split("\n")
        .map((line) => line.trim().split(","))
        .map(([name = "", , hex = ""]) => [name, hex] as const),
    );
    for (const [name, character] of Object.entries(ICONS))
      assert.equal(character.codePointAt(0)?.toString(16).toUpperCase(), table.get(name), name);
  });
});
