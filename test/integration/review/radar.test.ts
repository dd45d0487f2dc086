import { deepEqual, equal } from "node:assert/strict";
import { acceptOrder, overlapsNow } from "../../../src/core/review/radar";
import { subtasksOf } from "../../../src/core/state/view";
import { useReviewRun } from "../../support/review-run";

const LINES = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`);
const text = (line: number, words: string) => `${LINES.with(line - 1, words).join("\n")}\n`;

describe("overlaps of results that wait", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: { "file.txt": `${LINES.join("\n")}\n` },
    plan: { subtasks: [{ id: "a" }, { id: "b" }, { id: "far" }, { id: "other" }, { id: "on-a", dependencies: ["a"] }] },
    writes: {
      a: { "file.txt": text(3, "A") },
      b: (attempt) => (attempt === 1 ? { "file.txt": text(3, "B") } : { "b.txt": "b\n" }),
      far: { "file.txt": text(25, "far") },
      other: { "other.txt": "o\n" },
      "on-a": { "file.txt": text(3, "A and more") },
    },
  });
  const found = () =>
    overlapsNow(t.run.state())
      .map(({ a, b, kind, files }) => `${[a, b].toSorted().join("+")} ${kind} ${files.join()}`)
      .toSorted();
  const reason = (id: string) => subtasksOf(t.run.view).find((s) => s.id === id)?.reason;

  it("are found by merging them, between those that were not built one on the other", () => {
    deepEqual(found(), [
      "a+b conflict file.txt",
      "a+far same files file.txt",
      "b+far same files file.txt",
      "b+on-a conflict file.txt",
      "far+on-a same files file.txt",
    ]);
  });

  it("are said in words where they conflict, and the order puts those last", () => {
    equal(reason("a"), "conflicts with b in file.txt");
    equal(reason("far"), null);
    const order = acceptOrder(t.run.state());
    deepEqual(order.toSorted(), ["a", "b", "far", "on-a", "other"]);
    deepEqual(order.slice(0, 2), ["far", "other"]);
    equal(order.indexOf("a") < order.indexOf("on-a"), true);
  });

  it("go when a side is decided or tried again, in another process too", async () => {
    await t.run.retry("b", "elsewhere");
    await t.run.idle();
    const left = ["a+far same files file.txt", "far+on-a same files file.txt"];
    deepEqual(found(), left);
    await t.reopen();
    deepEqual(found(), left);
    await t.run.accept("far");
    deepEqual(found(), []);
    equal(reason("a"), null);
  });

  it("are not told again while they stay as they are", async () => {
    const told: string[] = [];
    t.run.onDidRecord(
      ({ event }) => event.type === "overlap.found" && told.push(`${event.a}+${event.b} ${event.kind}`),
    );
    await t.run.retry("other", "again");
    await t.run.idle();
    deepEqual(told, []);
  });
});
