import { deepEqual, equal, match } from "node:assert/strict";
import { findToolCall, writeOrigin, type Origin, type TranscriptMessage } from "../../../src/core/review/origin";
import { USAGE } from "../../support/builders";

const call = (name: unknown, input: unknown): TranscriptMessage => ({
  role: "assistant",
  content: [{ type: "tool_use", name, input }],
});
const said: TranscriptMessage = { role: "assistant", content: [{ type: "text" }] };
const user: TranscriptMessage = { role: "user", content: [{ type: "tool_result" }] };

describe("the tool call that wrote a line", () => {
  const write = call("write", { file_path: "src/a.ts", content: "one\n  two\n" });
  const edit = call("edit", { file_path: "./src/a.ts", old_string: "two", new_string: "two and more" });
  const rows: readonly (readonly [
    string,
    readonly TranscriptMessage[],
    string,
    string,
    ReturnType<typeof findToolCall>,
  ])[] = [
    ["a write of the whole file", [write], "src/a.ts", "one", { turn: 1, tool: "write" }],
    ["whatever the line is indented by", [said, user, write], "src/a.ts", "    two", { turn: 2, tool: "write" }],
    ["the last one that wrote it", [write, user, edit], "src/a.ts", "two and more", { turn: 2, tool: "edit" }],
    [
      "by an absolute path",
      [call("write", { file_path: "/w/src/a.ts", content: "x1" })],
      "src/a.ts",
      "x1",
      { turn: 1, tool: "write" },
    ],
    [
      "not of another file that ends alike",
      [call("write", { file_path: "lib-src/a.ts", content: "x1" })],
      "src/a.ts",
      "x1",
      null,
    ],
    [
      "not what was replaced",
      [call("edit", { file_path: "src/a.ts", old_string: "x1", new_string: "" })],
      "src/a.ts",
      "x1",
      null,
    ],
    ["not an empty line, which anything holds", [write], "src/a.ts", "   ", null],
    ["not what a user said", [{ ...write, role: "user" }], "src/a.ts", "one", null],
    [
      "nothing of a call that makes no sense",
      [call(7, { file_path: "src/a.ts", content: "one" }), call("write", null), call("write", { content: "one" })],
      "src/a.ts",
      "one",
      null,
    ],
  ];
  for (const [what, messages, path, text, expected] of rows)
    it(what, () => deepEqual(findToolCall(messages, path, text), expected));
});

describe("an origin in words", () => {
  const origin: Origin = { path: "src/a.ts", line: 7, commit: "0123456789abcdef", subject: "Say it", work: null };
  const work = {
    run: "r1",
    goal: "A goal",
    subtask: "a",
    objective: "Do it",
    role: "implementer",
    model: "m",
    attempt: 2,
    report: null,
    usage: USAGE,
    call: null,
  };

  it("of a commit nobody knows says only that", () =>
    equal(
      writeOrigin(origin),
      "# ` src/a.ts:7 `\n\n` 0123456789 ` Say it\n\nNo run of Braid that is known here made this line.\n",
    ));
  it("tells subtask, attempt, model and cost, and what it does not know", () =>
    match(
      writeOrigin({ ...origin, work }),
      /Run ` r1 `: A goal\n- Subtask ` a ` \(implementer\), attempt 2, ` m `\n- Which call wrote it the transcript does not tell\.\n- The subtask took 20 tokens, \\\$0\.2500\n\nDo it/u,
    ));
  it("tells the call and the report, of which nothing is markup", () => {
    const report = { summary: "Done <img src=x>", files: [], findings: [], decisions: ["[x](y)"], open_points: [] };
    const text = writeOrigin({
      ...origin,
      subject: "# `boo`",
      work: { ...work, report, call: { turn: 3, tool: "edit" } },
    });
    match(text, /Written in turn 3 by ` edit `/u);
    match(text, /## Report\n\nDone \\<img src\\=x\\>\n\n- \\\[x\\\]\(y\)/u);
    match(text, /` 0123456789 ` \\# \\`boo\\`/u);
  });
});
