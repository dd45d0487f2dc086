import { deepEqual, equal, match } from "node:assert/strict";
import { judgePlan } from "../../../src/core/gate/gate";
import { newSubtaskId } from "../../../src/core/plan/new-subtask-id";
import { subtaskOffsets } from "../../../src/core/plan/plan-outline";
import { previewOf } from "../../../src/core/plan/plan-preview";
import { planOf } from "../../support/builders";

const WORKER = { model: "m", price: undefined, contextTokens: 200_000, maxTurns: 40 };

describe("the picture of a plan", () => {
  const plan = planOf(
    { id: "a", estimated_time: "20min", agent: "planning-agent" },
    { id: "long", dependencies: ["a"], estimated_time: "60min", files: ["src/**"], model: "opus" },
    { id: "short", dependencies: ["a"], estimated_time: "30min", files: ["src/x.ts"] },
  );
  const preview = previewOf(plan, judgePlan(plan, { workers: 4, workerFor: () => WORKER }));
  const subtasks = preview.waves.flatMap((wave) => wave.subtasks);

  it("has the waves, roles, times and models", () => {
    deepEqual(
      subtasks.map((s) => [s.id, s.role, s.model, s.time]),
      [
        ["a", "architect", null, "20 min"],
        ["long", "implementer", "opus", "1 h"],
        ["short", "implementer", null, "30 min"],
      ],
    );
    deepEqual(
      preview.waves.map((wave) => wave.number),
      [1, 2],
    );
  });
  it("marks the critical path", () =>
    deepEqual(
      subtasks.filter((s) => s.critical).map((s) => s.id),
      ["a", "long"],
    ));
  it("has each warning where it belongs, or with the whole", () => {
    match(subtasks.find((s) => s.id === "short")?.warnings.join(" ") ?? "", /src\/x\.ts/u);
    deepEqual(subtasks.find((s) => s.id === "a")?.warnings, []);
    equal(preview.gate.length, 4);
    const many = planOf(...Array.from({ length: 9 }, (_, i) => `s${i}`));
    const crowded = previewOf(many, judgePlan(many, { workers: 4, workerFor: () => WORKER }));
    match(crowded.warnings.join(" "), /9 subtasks: more than 7/u);
    deepEqual(
      crowded.waves.flatMap((wave) => wave.subtasks.flatMap((s) => s.warnings)),
      [],
    );
  });
});

describe("where subtasks are written", () => {
  const table: readonly (readonly [text: string, found: readonly (readonly [string, number])[]])[] = [
    [
      "task: t\nsubtasks:\n  - id: a\n  - agent: x\n    id: b\n",
      [
        ["a", 26],
        ["b", 49],
      ],
    ],
    ["{task: t, subtasks: [{id: a}, {id: a}]}", [["a", 26]]],
    ["task: t\nsubtasks: no\n", []],
    ["- id: a\n", []],
    ["", []],
    ["[".repeat(1e5), []],
  ];
  for (const [text, found] of table)
    it(JSON.stringify(text.slice(0, 60)), () => {
      deepEqual([...subtaskOffsets(text)], found);
      for (const [id, offset] of found) equal(text.slice(offset, offset + id.length), id);
    });
});

describe("a name for a new subtask", () => {
  const table: readonly (readonly [description: string, taken: readonly string[], id: string])[] = [
    ["Write the release notes for 1.2", [], "write-the-release-notes"],
    ["Write", ["write"], "write-2"],
    ["Write", ["write", "write-2"], "write-3"],
    ["Überprüfe das Menü", [], "uberprufe-das-menu"],
    ["語を書く", [], "subtask-1"],
    ["語", ["subtask-1"], "subtask-2"],
    ["--- !!!", [], "subtask-1"],
    [`${"x".repeat(100)} y`, [], "x".repeat(40)],
  ];
  for (const [description, taken, id] of table)
    it(`${JSON.stringify(description)} is ${id}`, () => equal(newSubtaskId(description, taken), id));
});
