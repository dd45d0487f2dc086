import assert from "node:assert/strict";
import { parseDiff } from "../../../src/core/review/hunks";
import type { Opened } from "../../../src/protocol/messages";
import { unpackReview, type PackedReview } from "../../../src/protocol/packed-review";
import { queueOrder } from "../../../src/protocol/queue-order";
import { halfwayRun, RESULTS } from "../../e2e/panel/fixture";
import { served } from "./served";

const SESSION = RESULTS["session-store"].commit;
const OTHER = "f".repeat(40);

describe("opening a review", () => {
  it("opens a small result whole, with its lines, and reads ahead what is looked at next", async () => {
    const { ask, source } = served();
    const waiting = queueOrder(source.view).filter((s) => s.reviewable);
    const opened = (await ask("open", { subtask: "session-store", commit: SESSION })) as Opened;
    assert.ok(opened.kind === "whole");
    assert.deepEqual(
      opened.lines.map(({ range, slice }) => [range.path, range.from, slice.lines.length]),
      [
        ["src/session.ts", 0, 15],
        ["src/session.test.ts", 0, 3],
      ],
    );
    const next = waiting[waiting.findIndex((s) => s.id === "session-store") + 1];
    assert.deepEqual(source.warmed, [next?.commit]);
  });

  it("opens a large result with its head, and has the rest read meanwhile", async () => {
    const many = Array.from({ length: 60 }, (_, i) => ({ path: `f${i}.ts`, status: "added" as const }));
    const events = halfwayRun().map((event) =>
      event.type === "subtask.finished" && event.subtask === "session-store" && event.result !== null
        ? { ...event, result: { ...event.result, files: many } }
        : event,
    );
    const { ask, source } = served(events, "login-form");
    const [file] = parseDiff(RESULTS["session-store"].diff);
    assert.ok(file);
    source.diffOverride = many.map(({ path }) => ({ ...file, path }));
    await source.marks.tick(SESSION, [{ path: "f1.ts", take: [1] }]);
    const opened = (await ask("open", { subtask: "session-store", commit: SESSION })) as Opened;
    assert.ok(opened.kind === "head");
    const { files, choices } = opened.head;
    assert.deepEqual([files.length, choices.length, choices[1]?.take], [10, 10, [1]]);
    assert.ok(opened.lines.length > 5);
    assert.deepEqual(source.calls, ["diff head of session-store"]);
    assert.equal(source.warmed.at(-1), SESSION);
    const { review } = (await ask("review", { subtask: "session-store", commit: SESSION })) as { review: PackedReview };
    assert.equal(unpackReview(review).files.length, 60);
    assert.match(String(await ask("open", { subtask: "session-store", commit: OTHER })), /changed after it was shown/u);
  });
});
