import type { Snapshot } from "../../../src/protocol/messages";
import assert from "node:assert/strict";
import { BraidError, failure } from "../../../src/core/failure";
import { boundNote, MAX_NOTE_CHARS } from "../../../src/protocol/outline";
import { takeOf } from "../../../src/core/review/ticks";
import { unpackReview, type PackedReview } from "../../../src/protocol/packed-review";
import { served } from "./served";
import { halfwayRun, proposedRun, RESULTS } from "../../e2e/panel/fixture";

const SESSION = RESULTS["session-store"].commit;
const OTHER = "f".repeat(40);
const RUN = served().source.view.id;
const ZERO = "0".repeat(40);
const ACCEPT = {
  subtask: "session-store",
  commit: SESSION,
  choice: {
    target: ZERO,
    files: [
      { path: "src/session.ts", take: "all" },
      { path: "src/session.test.ts", take: "all" },
    ],
  },
};

describe("serveReview", () => {
  it("gives the whole screen in one snapshot, again and again", async () => {
    const { ask, source, service } = served(halfwayRun(), "login-form");
    source.act("auth-tests", "bash npm test");
    const snapshot = {
      view: source.view,
      preview: null,
      readOnly: null,
      selected: "login-form",
      activity: { "auth-tests": "bash npm test" },
    };
    assert.deepEqual(await ask("ready", {}), snapshot);
    assert.deepEqual(await ask("ready", {}), snapshot);
    assert.equal(service.selected, "login-form");
  });

  it("has what is looked at first at hand before the page asks", async () => {
    const { source, service } = served(halfwayRun(), "session-store");
    const { id, snapshot, result } = await service.firstLook("one");
    assert.deepEqual([id, snapshot.view, snapshot.selected], ["one", source.view, "session-store"]);
    assert.deepEqual([result?.subtask, result?.commit, result?.opened.kind], ["session-store", SESSION, "whole"]);
    assert.deepEqual((await served(proposedRun()).service.firstLook("two")).result, null);
  });

  it("waits with the page's document for no result that takes long, and for none that fails", async () => {
    const { source, service } = served(halfwayRun(), "session-store");
    source.review = () => new Promise(() => undefined);
    assert.equal((await service.firstLook("one")).result, null);
    source.review = () => Promise.reject(new BraidError(failure("git.failed", "No.")));
    const { snapshot, result } = await service.firstLook("two");
    assert.deepEqual([snapshot.view, result], [source.view, null]);
  });

  it("reads a note its subtask wrote, cut to what a page can hold", async () => {
    const note = { subtask: "session-store", attempt: 1, name: "design", file: "1-a.md", bytes: 9 };
    const { ask, source } = served([...halfwayRun(), { type: "note.written", ...note }]);
    assert.deepEqual(await ask("note", { subtask: "session-store", name: "design" }), {
      text: "What session-store noted.",
    });
    assert.deepEqual(source.calls, ["note session-store design"]);
    assert.equal(boundNote("x".repeat(MAX_NOTE_CHARS)).length, MAX_NOTE_CHARS);
    assert.match(boundNote("x".repeat(MAX_NOTE_CHARS + 5)), /x\n… 5 more characters$/u);
  });

  it("passes decisions on with the commit that was seen", async () => {
    const { ask, source } = served();
    assert.equal(await ask("accept", ACCEPT), null);
    assert.equal(
      await ask("reject", { subtask: "login-form", commit: RESULTS["login-form"].commit, reason: "no" }),
      null,
    );
    assert.equal(await ask("retry", { run: source.view.id, subtask: "rate-limit", attempt: 1 }), null);
    assert.deepEqual(source.calls, ["accept session-store 1111", "reject login-form 2222 no", "retry rate-limit"]);
  });

  it("takes what is ticked to the letter, and the target and configuration that were seen", async () => {
    const { ask, source } = served();
    const files = [
      { path: "src/session.ts", take: [2] },
      { path: "src/session.test.ts", take: "none" },
    ];
    const config = [{ path: ".npmrc", blob: OTHER }];
    await ask("accept", { ...ACCEPT, choice: { files, config, target: OTHER, withDependencies: true } });
    assert.deepEqual(source.calls, [
      `accept session-store 1111 src/session.ts#2 src/session.test.ts#none config .npmrc with dependencies on ${OTHER}`,
    ]);
  });

  it("keeps ticks by result and marks by file, and gives them back with the diff", async () => {
    const { ask } = served();
    const result = { subtask: "session-store", commit: SESSION };
    const take = async () => {
      const reply = (await ask("review", result)) as { review: PackedReview };
      const review = unpackReview(reply.review);
      return review.files.map(({ path, viewed }) => [path, takeOf(review.choices, path), viewed]);
    };
    assert.deepEqual(await take(), [
      ["src/session.ts", "all", false],
      ["src/session.test.ts", "all", false],
    ]);
    await ask("tick", { ...result, files: [{ path: "src/session.ts", take: [1] }] });
    await ask("tick", { ...result, files: [{ path: "src/session.test.ts", take: "none" }] });
    await ask("tick", { ...result, files: [{ path: "gone.ts", take: "all" }] });
    await ask("viewed", { ...result, path: "src/session.ts", viewed: true });
    assert.deepEqual(await take(), [
      ["src/session.ts", [1], true],
      ["src/session.test.ts", "none", false],
    ]);
    await ask("viewed", { ...result, path: "src/session.ts", viewed: false });
    assert.deepEqual((await take())[0], ["src/session.ts", [1], false]);
  });

  it("says again what other decisions may have changed, without the diff", async () => {
    const { ask, source } = served();
    source.forecast = { target: OTHER, conflicts: [], conflictHunks: [] };
    const facts = (await ask("refresh", { subtask: "session-store", commit: SESSION })) as object;
    assert.equal("files" in facts, false);
    assert.deepEqual("merge" in facts ? facts.merge : undefined, source.forecast);
  });

  it("passes on what was ticked, and nothing that is no choice", async () => {
    const { ask, source } = served();
    const about = { subtask: "session-store", commit: SESSION };
    const { review }: { review?: unknown } = Object(await ask("review", about));
    assert.deepEqual(Object(review).commit, SESSION);
    assert.ok(Object(review).files.length > 0 && Array.isArray(Object(review).choices));
    const files = [
      { path: "a", take: [1, 3] },
      { path: "b", take: "all" },
    ];
    assert.equal(await ask("accept", { ...about, choice: { files, target: ZERO } }), null);
    assert.deepEqual(source.calls.at(-1), "accept session-store 1111 a#1,3");
    for (const choice of [
      { files: [{ path: "a", take: [-1] }] },
      { files: [{ path: "", take: "all" }] },
      { files, config: [{ path: "a", blob: "x" }] },
      { files, more: true },
      {},
    ])
      assert.match(String(await ask("accept", { ...about, choice })), /choice/u);
    assert.equal(await ask("undo", about), null);
    assert.deepEqual(source.calls.at(-1), "undo session-store 1111");
    assert.equal(await ask("redo", about), null);
    assert.deepEqual(source.calls.at(-1), "redo session-store");
    const part = { commit: OTHER, files: [{ path: "src/session.ts", take: [2] }] };
    assert.match(String(await ask("undo", { ...about, part })), /changed after it was shown/u);
    await ask("undo", { ...about, part: { ...part, commit: about.commit } });
    assert.ok(source.calls.includes("undo session-store 1111 src/session.ts#2"));
  });

  it("shows what a decision changed before it replies", async () => {
    const { ask, source, sent, frames } = served();
    await ask("accept", ACCEPT);
    assert.deepEqual(sent, [
      { kind: "event", name: "view", data: { view: source.view, preview: null, readOnly: null } },
      { kind: "reply", id: 1, value: null },
    ]);
    assert.deepEqual(frames, []);
  });

  const stale: readonly (readonly [string, string, object, RegExp])[] = [
    ["a stale accept", "accept", { ...ACCEPT, commit: OTHER }, /changed after it was shown/u],
    [
      "a stale reject",
      "reject",
      { subtask: "session-store", commit: OTHER, reason: "" },
      /changed after it was shown/u,
    ],
    ["a stale review", "review", { subtask: "session-store", commit: OTHER }, /changed after it was shown/u],
    ["a commit of another subtask", "accept", { ...ACCEPT, commit: RESULTS["login-form"].commit }, /changed/u],
    ["an accept of what has no result", "accept", { ...ACCEPT, subtask: "auth-design", commit: OTHER }, /changed/u],
    ["a stale tick", "tick", { subtask: "session-store", commit: OTHER, files: [] }, /changed/u],
    ["a stale mark", "viewed", { subtask: "session-store", commit: OTHER, path: "a", viewed: true }, /changed/u],
    ["a stale wish to resolve", "resolve", { subtask: "session-store", commit: OTHER }, /changed/u],
    ["a stale wish to do so by hand", "resolveByHand", { subtask: "session-store", commit: OTHER }, /changed/u],
    [
      "a choice that is no choice",
      "accept",
      { ...ACCEPT, choice: { files: [{ path: "a", take: "most" }] } },
      /not valid/u,
    ],
    [
      "a choice of a hunk below zero",
      "accept",
      { ...ACCEPT, choice: { files: [{ path: "a", take: [-1] }] } },
      /not valid/u,
    ],
    ["an undo of an unknown subtask", "undo", { subtask: "nope", commit: OTHER }, /no subtask/u],
    ["an unknown subtask", "accept", { ...ACCEPT, subtask: "nope" }, /no subtask "nope"/u],
    ["a retry of an unknown subtask", "retry", { run: RUN, subtask: "nope", attempt: 1 }, /no subtask/u],
    ["a selection of an unknown subtask", "select", { subtask: "nope", picked: true }, /no subtask/u],
    [
      "a path the subtask did not change",
      "openDiff",
      { subtask: "session-store", path: "../../etc/passwd" },
      /did not change/u,
    ],
    ["a path of another subtask", "openDiff", { subtask: "session-store", path: "logo.png" }, /did not change/u],
    ["a note it did not write", "note", { subtask: "session-store", name: "../journal.jsonl" }, /no such note/u],
    ["another run's plan", "approve", { run: "other", proposal: 1 }, /Another run/u],
  ];
  for (const [name, request, params, expected] of stale)
    it(`refuses ${name}`, async () => {
      const { ask, source } = served();
      assert.match(String(await ask(request, params)), expected);
      assert.deepEqual(source.calls, []);
    });

  it("passes a failure of the run on", async () => {
    const { ask, source } = served();
    source.refuseNext = failure("target.moved", "main moved meanwhile.");
    assert.equal(await ask("accept", ACCEPT), "main moved meanwhile.");
  });

  it("approves the plan that was shown, and opens files", async () => {
    const { ask, source } = served(proposedRun());
    const { id, proposal } = source.view;
    assert.equal(await ask("approve", { run: id, proposal: proposal + 1 }), "The plan changed.");
    assert.equal(await ask("approve", { run: id, proposal }), null);
    assert.equal(source.view.phase, "running");
    const half = served();
    assert.equal(await half.ask("openDiff", { subtask: "session-store", path: "src/session.ts" }), null);
    assert.deepEqual(half.source.calls, ["openDiff session-store src/session.ts"]);
  });

  it("sends one view a frame, however much changed", () => {
    const { source, sent, nextFrame, frames } = served();
    source.record({ type: "run.paused" });
    source.record({ type: "run.resumed" });
    source.act("auth-tests", "one");
    source.act("auth-tests", "two");
    assert.deepEqual([sent.length, frames.length], [0, 1]);
    nextFrame();
    assert.deepEqual(sent, [
      { kind: "event", name: "view", data: { view: source.view, preview: null, readOnly: null } },
      { kind: "event", name: "activity", data: { subtask: "auth-tests", line: "two" } },
    ]);
    source.act("auth-tests", "three");
    nextFrame();
    assert.deepEqual(sent.slice(2), [
      { kind: "event", name: "activity", data: { subtask: "auth-tests", line: "three" } },
    ]);
  });

  it("tells what the planner does, who has no subtask", () => {
    const { source, sent, nextFrame } = served();
    source.act("", "reads");
    nextFrame();
    assert.deepEqual(sent, [{ kind: "event", name: "activity", data: { subtask: "", line: "reads" } }]);
  });

  it("keeps what is selected, from either side", async () => {
    const { ask, service, sent } = served();
    const kept = async () => ((await ask("ready", {})) as Snapshot).selected;
    await ask("select", { subtask: "login-form", picked: false });
    // Commands act on what is on screen; what the page shows by itself it finds anew.
    assert.deepEqual([service.selected, await kept()], ["login-form", null]);
    await ask("select", { subtask: "login-form", picked: true });
    assert.deepEqual([service.selected, await kept()], ["login-form", "login-form"]);
    service.select("rate-limit");
    assert.equal(service.selected, "rate-limit");
    assert.deepEqual(sent.at(-1), { kind: "event", name: "select", data: { subtask: "rate-limit" } });
  });

  it("is quiet after its end", () => {
    const { source, sent, service, nextFrame } = served();
    source.record({ type: "run.paused" });
    service.dispose();
    nextFrame();
    source.record({ type: "run.resumed" });
    nextFrame();
    service.receive({ kind: "request", id: 1, name: "ready", params: {} });
    assert.deepEqual(sent, []);
  });
});
