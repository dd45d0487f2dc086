import assert from "node:assert/strict";
import { FakeSource } from "../e2e/panel/fake-source";
import { halfwayRun, proposedRun, RESULTS } from "../e2e/panel/fixture";
import { MAX_OPEN_REQUESTS, Rpc, type Message, type Nothing } from "../../src/protocol/rpc";
import { EventSchemas, type Events, type Requests } from "../../src/protocol/messages";
import { serveReview } from "../../src/protocol/serve-review";

const SESSION = RESULTS["session-store"].commit;
const OTHER = "f".repeat(40);
const FILES = [{ path: "src/session.ts", take: "all" }];
const ACCEPT = { subtask: "session-store", commit: SESSION, choice: { files: FILES } };
const RESULT = { subtask: "session-store", commit: SESSION };
const RUN = proposedRun().flatMap((event) => (event.type === "run.created" ? [event.run] : []))[0] ?? "";
const part = (files: readonly unknown[], commit = SESSION) => ({ ...RESULT, part: { commit, files } });
const range = (from: number, to: number) => ({ ...RESULT, wanted: [{ path: "src/session.ts", from, to }] });
const own = (text: string): unknown => JSON.parse(text);

/** A service whose page is a stranger. */
function served(events = halfwayRun()) {
  const source = new FakeSource(events);
  const sent: Message[] = [];
  const service = serveReview({
    source,
    post: (message) => void sent.push(message),
    later: () => ({ dispose: () => undefined }),
  });
  return {
    source,
    sent,
    tell: async (message: unknown) => {
      service.receive(message);
      await new Promise((resolve) => setImmediate(resolve));
      return sent.at(-1);
    },
  };
}

describe("messages of a page that is not ours (W03)", () => {
  const ask = (name: string, params: unknown, id: unknown = 1) => ({ kind: "request", id, name, params });
  const NO_REPLY = [
    null,
    undefined,
    0,
    "accept",
    [],
    {},
    { kind: "request" },
    { kind: "accept", id: 1 },
    ask("accept", ACCEPT, 0),
    ask("accept", ACCEPT, -1),
    ask("accept", ACCEPT, 1.5),
    ask("accept", ACCEPT, "1"),
    ask("accept", ACCEPT, Number.NaN),
    { kind: "reply", id: 1, value: ACCEPT },
    { kind: "error", id: 1, failure: { code: "x", message: "y" } },
    { kind: "error", id: 1, failure: null },
    { kind: "event", name: "view", data: {} },
    { kind: "event", name: "constructor", data: {} },
    { type: "vscode", command: "braid.accept" },
  ];
  for (const message of NO_REPLY)
    it(`W03 ${JSON.stringify(message)?.slice(0, 100) ?? "undefined"} does nothing`, async () => {
      const { source, tell } = served();
      await tell(message);
      assert.deepEqual(source.calls, []);
    });

  const REFUSED: readonly (readonly [string, unknown])[] = [
    ["a request nobody knows", ask("eval", "1")],
    ["constructor", ask("constructor", {})],
    ["__proto__", ask("__proto__", {})],
    ["toString", ask("toString", {})],
    ["hasOwnProperty", ask("hasOwnProperty", {})],
    ["a name of 100 letters", ask("a".repeat(100), {})],
    ["an accept of nothing", ask("accept", undefined)],
    ["an accept as text", ask("accept", JSON.stringify(ACCEPT))],
    ["an accept without a commit", ask("accept", { subtask: "session-store", choice: { files: FILES } })],
    ["an accept without files", ask("accept", { ...ACCEPT, choice: {} })],
    ["an accept of a name for a commit", ask("accept", { ...ACCEPT, commit: "HEAD" })],
    ["an accept of an option for a commit", ask("accept", { ...ACCEPT, commit: "--upload-pack=x" })],
    ["an accept with a key more", ask("accept", { ...ACCEPT, force: true })],
    [
      "an accept with a prototype",
      ask(
        "accept",
        own(`{"__proto__":{"force":true},"subtask":"session-store","commit":"${OTHER}","choice":{"files":[]}}`),
      ),
    ],
    ["an accept onto a branch", ask("accept", { ...ACCEPT, choice: { files: FILES, target: "refs/heads/main" } })],
    [
      "an accept of configuration without its content",
      ask("accept", { ...ACCEPT, choice: { files: FILES, config: [{ path: ".npmrc" }] } }),
    ],
    [
      "an accept of hunks that are numbers no more",
      ask("accept", { ...ACCEPT, choice: { files: [{ path: "a", take: [Number.POSITIVE_INFINITY] }] } }),
    ],
    ["an accept of another subtask's result", ask("accept", { ...ACCEPT, commit: RESULTS["login-form"].commit })],
    ["an accept of a subtask of another run", ask("accept", { ...ACCEPT, subtask: "elsewhere" })],
    ["an accept of a path for a subtask", ask("accept", { ...ACCEPT, subtask: "../session-store" })],
    [
      "an accept with a message of 50 MB",
      ask("accept", { ...ACCEPT, choice: { files: FILES, message: "x".repeat(50_000_000) } }),
    ],
    ["all that passes, of another run", ask("acceptPassing", { run: "other", shown: [] })],
    ["all that passes, without what was shown", ask("acceptPassing", { run: "r0000001" })],
    ["a plan of another run", ask("approve", { run: "other", proposal: 1 })],
    ["a plan without what was shown", ask("approve", { run: RUN })],
    ["a plan that was never shown", ask("approve", { run: RUN, proposal: 0 })],
    ["another attempt in another run", ask("retry", { run: "other", subtask: "rate-limit", attempt: 1 })],
    ["another attempt in no run", ask("retry", { subtask: "rate-limit", attempt: 1 })],
    ["a stop in another run", ask("stop", { run: "other", subtask: "auth-tests", attempt: 1 })],
    [
      "a word to a worker of another run",
      ask("message", { run: "other", subtask: "auth-tests", attempt: 1, text: "x" }),
    ],
    ["a part of what another result has", ask("undo", part([], OTHER))],
    ["a part by a negative hunk", ask("undo", part([{ path: "src/session.ts", take: [-1] }]))],
    ["a part by half a hunk", ask("undo", part([{ path: "src/session.ts", take: [1.5] }]))],
    ["a part by a hunk past all numbers", ask("undo", part([{ path: "src/session.ts", take: [2 ** 53] }]))],
    ["a part of a file without a name", ask("undo", part([{ path: "", take: "all" }]))],
    ["a part with a prototype", ask("undo", part([own('{"__proto__":{"take":"all"},"path":"src/session.ts"}')]))],
    ["a part with hooks of its own", ask("undo", { ...part([]), customs: "mine" })],
    ["a redo without what was shown", ask("redo", { subtask: "session-store" })],
    ["a redo of another result", ask("redo", { subtask: "session-store", commit: OTHER })],
    ["the head of another result", ask("open", { subtask: "session-store", commit: OTHER })],
    ["the head of a subtask named as what every object has", ask("open", { subtask: "__proto__", commit: SESSION })],
    ["lines before the first", ask("lines", range(-1, 5))],
    ["lines the wrong way round", ask("lines", range(5, 1))],
    ["a million lines", ask("lines", range(0, 1_000_000))],
    [
      "a thousand ranges of lines",
      ask("lines", { ...range(0, 1), wanted: Array.from({ length: 1_000 }, () => ({ path: "a", from: 0, to: 1 })) }),
    ],
    ["texts of all there is", ask("texts", { ...RESULT, paths: Array.from({ length: 1_000 }, (_, i) => `${i}`) })],
    ["an answer to another run's question", ask("answer", { run: "other", question: 1, answer: "x" })],
    ["a word on another run's command", ask("allow", { run: "other", key: "k", answer: "run" })],
    ["a word nobody can say", ask("allow", { run: "other", key: "k", answer: "always" })],
    ["a path it did not change", ask("openDiff", { subtask: "session-store", path: "../../../etc/passwd" })],
    ["an absolute path", ask("openDiff", { subtask: "session-store", path: "/etc/passwd" })],
    ["a file: address for a path", ask("openDiff", { subtask: "session-store", path: "file:///etc/passwd" })],
    [
      "a command: address for a path",
      ask("openDiff", { subtask: "session-store", path: "command:workbench.action.terminal.new" }),
    ],
    ["a note by a path", ask("note", { subtask: "session-store", name: "../../journal.jsonl" })],
    ["a selection of a path", ask("select", { subtask: "../x", picked: true })],
    ["a reason of 50 MB", ask("reject", { subtask: "session-store", commit: SESSION, reason: "x".repeat(50_000_000) })],
    ["a comment on a thousand commits", ask("comment", { subtask: "session-store", commit: [SESSION], comments: [] })],
  ];
  for (const [name, message] of REFUSED)
    it(`W03 ${name} gets an error and does nothing`, async () => {
      const { source, tell } = served();
      const reply = await tell(message);
      assert.equal(reply?.kind, "error");
      assert.ok(JSON.stringify(reply).length < 1_000);
      assert.deepEqual(source.calls, []);
    });

  it("W03 nothing of it reaches the prototype of everything", async () => {
    const { tell } = served();
    await tell(
      own(
        '{"kind":"request","id":1,"name":"select","params":{"__proto__":{"polluted":1},"subtask":"session-store","picked":true}}',
      ),
    );
    await tell(own('{"__proto__":{"polluted":1},"kind":"request","id":2,"name":"ready","params":{}}'));
    assert.equal(Reflect.get({}, "polluted"), undefined);
  });

  it("W03 marks on files the result does not have are not kept", async () => {
    const { source, tell } = served();
    const files = [
      { path: "__proto__", take: "all" },
      { path: "../../x", take: [1] },
      { path: "src/session.ts", take: [1, 1, 99] },
    ];
    await tell(ask("tick", { ...RESULT, files }));
    assert.deepEqual(source.marks.ticks(SESSION), [{ path: "src/session.ts", take: [1, 1, 99] }]);
    const reply = await tell(ask("review", RESULT, 2));
    assert.ok(reply?.kind === "reply");
    assert.equal(Reflect.get({}, "take"), undefined);
  });

  it("W03 a flood of requests is worked on in parts, and the rest told so", async () => {
    const { source, sent, tell } = served();
    for (let id = 1; id <= MAX_OPEN_REQUESTS * 3; id += 1)
      void tell(ask("review", { subtask: "session-store", commit: SESSION }, id));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(sent.some((reply) => reply.kind === "error" && /Too many/u.test(reply.failure.message)));
    assert.ok(source.calls.length <= MAX_OPEN_REQUESTS * 3);
  });

  it("W03 the page takes no more from a stranger than the host does", () => {
    const invalid: string[] = [];
    const heard: unknown[] = [];
    const page = new Rpc<Nothing, Pick<Events, "view" | "select">, Requests, Nothing>({
      post: () => undefined,
      serve: {},
      hear: {
        view: { schema: EventSchemas.view, hear: (event) => heard.push(event) },
        select: { schema: EventSchemas.select, hear: (event) => heard.push(event) },
      },
      onInvalid: (failure) => invalid.push(failure.message),
    });
    const messages = [
      null,
      { kind: "event", name: "view", data: { view: {}, preview: null } },
      { kind: "event", name: "select", data: { subtask: 1 } },
      { kind: "event", name: "select", data: { subtask: "a", more: 1 } },
      { kind: "event", name: "__proto__", data: {} },
      { kind: "request", id: 1, name: "accept", params: ACCEPT },
    ];
    for (const message of messages) page.receive(message);
    assert.deepEqual(heard, []);
    assert.ok(invalid.length >= 5);
  });
});

describe("a decision about what is not on screen any more (W04)", () => {
  const STALE: readonly (readonly [string, string, object])[] = [
    ["an accept", "accept", { ...ACCEPT, commit: OTHER }],
    ["a rejection", "reject", { subtask: "session-store", commit: OTHER, reason: "" }],
    ["a wish for changes", "requestChanges", { subtask: "session-store", commit: OTHER, text: "x" }],
    ["a wish to resolve", "resolve", { subtask: "session-store", commit: OTHER }],
    ["a wish to resolve by hand", "resolveByHand", { subtask: "session-store", commit: OTHER }],
    ["a tick", "tick", { subtask: "session-store", commit: OTHER, files: [] }],
    ["a remark", "comment", { subtask: "session-store", commit: OTHER, comments: [] }],
    ["a mark", "viewed", { subtask: "session-store", commit: OTHER, path: "a", viewed: true }],
    ["a rebase", "rebase", { subtask: "session-store", commit: OTHER }],
    ["another attempt without what was rejected", "rerunWithout", { subtask: "session-store", commit: OTHER }],
    ["another attempt", "retry", { run: "", subtask: "rate-limit", attempt: 2 }],
    ["a stop", "stop", { run: "", subtask: "auth-tests", attempt: 2 }],
    ["a word to the worker before", "message", { run: "", subtask: "auth-tests", attempt: 2, text: "x" }],
    [
      "all that passes, one of which is another now",
      "acceptPassing",
      { run: "", shown: [{ subtask: "session-store", commit: OTHER }] },
    ],
  ];
  for (const [what, name, params] of STALE)
    it(`W04 ${what} is refused, and says what to do`, async () => {
      const { source, tell } = served();
      const asked = "run" in params ? { ...params, run: source.view.id } : params;
      const reply = await tell({ kind: "request", id: 1, name, params: asked });
      assert.ok(
        reply?.kind === "error" && /after it was shown|went on to attempt|was shown/u.test(reply.failure.message),
        JSON.stringify(reply),
      );
      assert.ok(reply.failure.hint !== undefined);
      assert.deepEqual(source.calls, []);
    });

  it("W04 an approval of a plan that is approved already, twice", async () => {
    const { source, tell } = served(proposedRun());
    const { id: run, proposal } = source.view;
    const approve = { kind: "request", id: 1, name: "approve", params: { run, proposal } };
    await tell(approve);
    const reply = await tell({ ...approve, id: 2 });
    assert.equal(source.view.phase, "running");
    assert.ok(reply !== undefined);
  });
});
