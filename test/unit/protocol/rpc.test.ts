import assert from "node:assert/strict";
import * as z from "zod";
import { BraidError, failure, type Failure } from "../../../src/core/failure";
import { RequestSchemas } from "../../../src/protocol/request-schemas";
import { MAX_OPEN_REQUESTS, Rpc, type Message, type Nothing } from "../../../src/protocol/rpc";

type Numbers = {
  readonly double: { readonly params: { readonly n: number }; readonly reply: number };
  readonly refuse: { readonly params: Record<string, never>; readonly reply: null };
};
type Ticks = { readonly tick: { readonly at: number } };

/** Two sides joined by JSON, as VS Code joins them. */
function joined() {
  const ticks: number[] = [];
  const wire = (to: () => { receive(message: unknown): void }) => (message: Message) =>
    to().receive(JSON.parse(JSON.stringify(message)));
  const host: Rpc<Numbers, Nothing, Nothing, Ticks> = new Rpc<Numbers, Nothing, Nothing, Ticks>({
    post: wire(() => page),
    hear: {},
    serve: {
      double: { schema: z.strictObject({ n: z.number() }), answer: ({ n }) => 2 * n },
      refuse: {
        schema: z.strictObject({}),
        answer: () => {
          throw new BraidError(failure("target.moved", "The branch moved.", { hint: "Look again." }));
        },
      },
    },
  });
  const page: Rpc<Nothing, Ticks, Numbers, Nothing> = new Rpc<Nothing, Ticks, Numbers, Nothing>({
    post: wire(() => host),
    serve: {},
    hear: { tick: { schema: z.strictObject({ at: z.number() }), hear: ({ at }) => ticks.push(at) } },
  });
  return { host, page, ticks };
}

describe("Rpc between two sides", () => {
  it("answers a request", async () => {
    assert.equal(await joined().page.request("double", { n: 21 }), 42);
  });

  it("carries a failure with code and hint", async () => {
    await assert.rejects(joined().page.request("refuse", {}), (error: unknown) => {
      assert.ok(error instanceof BraidError);
      assert.deepEqual(error.failure, failure("target.moved", "The branch moved.", { hint: "Look again." }));
      return true;
    });
  });

  it("keeps replies apart", async () => {
    const { page } = joined();
    assert.deepEqual(await Promise.all([1, 2, 3].map((n) => page.request("double", { n }))), [2, 4, 6]);
  });

  it("delivers events in order", () => {
    const { host, ticks } = joined();
    host.notify("tick", { at: 1 });
    host.notify("tick", { at: 2 });
    assert.deepEqual(ticks, [1, 2]);
  });

  it("rejects what is still open when its side ends, and afterwards", async () => {
    const rpc = new Rpc<Nothing, Nothing, Numbers, Nothing>({ post: () => {}, serve: {}, hear: {} });
    const open = rpc.request("double", { n: 1 });
    rpc.dispose();
    await assert.rejects(open, /closed/u);
    await assert.rejects(rpc.request("double", { n: 1 }), /closed/u);
  });

  it("posts nothing after its end", async () => {
    const sent: Message[] = [];
    let finish: ((value: null) => void) | undefined;
    const rpc = new Rpc<{ readonly wait: { readonly params: unknown; readonly reply: null } }, Nothing, Nothing, Ticks>(
      {
        post: (message) => sent.push(message),
        hear: {},
        serve: { wait: { schema: z.unknown(), answer: () => new Promise<null>((resolve) => (finish = resolve)) } },
      },
    );
    rpc.receive({ kind: "request", id: 1, name: "wait", params: {} });
    rpc.dispose();
    finish?.(null);
    rpc.notify("tick", { at: 1 });
    rpc.receive({ kind: "request", id: 2, name: "wait", params: {} });
    await nextTurn();
    assert.deepEqual(sent, []);
  });
});

/** A host that answers nothing right: what comes back are errors only. */
function listening() {
  const errors: (readonly [number, string])[] = [];
  const invalid: Failure[] = [];
  const accepted: unknown[] = [];
  const rpc = new Rpc<{ readonly accept: { readonly params: unknown; readonly reply: null } }, Ticks, Nothing, Nothing>(
    {
      post: (message) => void (message.kind === "error" && errors.push([message.id, message.failure.message])),
      onInvalid: (why) => invalid.push(why),
      hear: { tick: { schema: z.strictObject({ at: z.number() }), hear: (data) => accepted.push(data) } },
      serve: {
        accept: {
          schema: RequestSchemas.review,
          answer: (params) => {
            accepted.push(params);
            return null;
          },
        },
      },
    },
  );
  return { rpc, errors, invalid, accepted };
}

const COMMIT = "a".repeat(40);
const accept = (params: unknown) => ({ kind: "request", id: 7, name: "accept", params });

describe("Rpc refuses what it does not know, with the field's name", () => {
  const rows: readonly (readonly [string, unknown, RegExp])[] = [
    ["an unknown request", { kind: "request", id: 7, name: "erase", params: {} }, /no request "erase"/u],
    [
      "a name from the prototype",
      { kind: "request", id: 7, name: "constructor", params: {} },
      /no request "constructor"/u,
    ],
    ["__proto__ as a name", { kind: "request", id: 7, name: "__proto__", params: {} }, /no request "__proto__"/u],
    ["a missing field", accept({ subtask: "a" }), /params\.commit/u],
    ["no parameters", accept(undefined), /params/u],
    ["a field too many", accept({ subtask: "a", commit: COMMIT, force: true }), /params: has a key/u],
    [
      "a polluting field",
      accept(JSON.parse(`{"subtask":"a","commit":"${COMMIT}","__proto__":{"admin":true}}`)),
      /params: has a key/u,
    ],
    ["a short commit", accept({ subtask: "a", commit: "abc" }), /params\.commit.*40/u],
    ["a ref for a commit", accept({ subtask: "a", commit: "refs/heads/main" }), /params\.commit/u],
    ["an option for a commit", accept({ subtask: "a", commit: `--output=${"x".repeat(31)}` }), /params\.commit/u],
    ["50 MB of subtask", accept({ subtask: "x".repeat(50_000_000), commit: COMMIT }), /params\.subtask/u],
    ["an empty subtask", accept({ subtask: "", commit: COMMIT }), /params\.subtask/u],
    ["a number for a subtask", accept({ subtask: 1, commit: COMMIT }), /params\.subtask/u],
    ["a request with a field too many", { ...accept({}), origin: "x" }, /message: has a key/u],
    ["a request without a name", { kind: "request", id: 7, params: {} }, /message\.name/u],
    ["a name of a megabyte", { kind: "request", id: 7, name: "x".repeat(1_000_000), params: {} }, /message\.name/u],
  ];
  for (const [name, message, expected] of rows)
    it(name, async () => {
      const { rpc, errors, accepted } = listening();
      rpc.receive(message);
      await nextTurn();
      assert.deepEqual(
        errors.map(([id]) => id),
        [7],
      );
      assert.match(errors[0]?.[1] ?? "", expected);
      assert.ok((errors[0]?.[1].length ?? 0) < 300, "the reply does not echo what was sent");
      assert.deepEqual(accepted, []);
      assert.equal(Object.getOwnPropertyDescriptor(Object.prototype, "admin"), undefined);
    });

  const silent: readonly (readonly [string, unknown])[] = [
    ["nothing", undefined],
    ["null", null],
    ["text", "accept"],
    ["a list", [accept({})]],
    ["another program's message", { type: "webpackOk" }],
    ["an unknown kind", { kind: "command", id: 7 }],
    ["an id that is no whole number", { ...accept({}), id: 0.5 }],
    ["an unknown event", { kind: "event", name: "toString", data: {} }],
    ["a misshapen event", { kind: "event", name: "tick", data: { at: "now" } }],
    ["an error without a failure", { kind: "error", id: 1, failure: "no" }],
  ];
  for (const [name, message] of silent)
    it(`${name}: told to the listener, not to the other side`, () => {
      const { rpc, errors, invalid, accepted } = listening();
      rpc.receive(message);
      assert.deepEqual([errors.length, invalid.length, accepted.length], [0, 1, 0]);
    });

  it("a reply nobody waits for changes nothing", () => {
    const { rpc, errors, invalid } = listening();
    rpc.receive({ kind: "reply", id: 99, value: 1 });
    rpc.receive({ kind: "error", id: 99, failure: failure("internal", "no") });
    assert.deepEqual([errors, invalid], [[], []]);
  });

  it("more requests at a time than it works on", async () => {
    const finish: (() => void)[] = [];
    const sent: Message[] = [];
    const rpc = new Rpc<
      { readonly wait: { readonly params: unknown; readonly reply: null } },
      Nothing,
      Nothing,
      Nothing
    >({
      post: (message) => sent.push(message),
      hear: {},
      serve: {
        wait: { schema: z.unknown(), answer: () => new Promise<null>((resolve) => finish.push(() => resolve(null))) },
      },
    });
    for (let id = 1; id <= MAX_OPEN_REQUESTS + 1; id += 1)
      rpc.receive({ kind: "request", id, name: "wait", params: {} });
    assert.deepEqual(
      sent.map((message) => [message.kind, "id" in message && message.id]),
      [["error", MAX_OPEN_REQUESTS + 1]],
    );
    finish[0]?.();
    await nextTurn();
    rpc.receive({ kind: "request", id: 100, name: "wait", params: {} });
    assert.equal(finish.length, MAX_OPEN_REQUESTS + 1);
  });
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
