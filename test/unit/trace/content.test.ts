import { deepEqual, doesNotMatch, match } from "node:assert/strict";
import type { SpokenBlock } from "../../../src/core/transcript";
import { withContent } from "../../../src/trace/content";
import { spanIdOf, traceIdOf, type Span } from "../../../src/trace/span";

const SECRET = `ghp_${"a1B2".repeat(9)}`;

/** What a collector gets of a tool's result. */
function resultOf(content: unknown): string {
  const span: Span = {
    traceId: traceIdOf("r0000001"),
    spanId: spanIdOf("r0000001", 1, "tool 0"),
    parent: null,
    name: "execute_tool bash",
    kind: "internal",
    from: 0,
    to: 1,
    attributes: { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.id": "c1" },
    events: [],
    error: null,
  };
  const block: SpokenBlock = { type: "tool_result", tool_use_id: "c1", content };
  const message = { at: 1, subtask: "a", attempt: 1, file: "1-1.jsonl", role: "user", content: [block] } as const;
  return String(withContent([span], [message])[0]?.attributes["gen_ai.tool.call.result"]);
}

describe("what was said, on its way to a collector", () => {
  for (const before of [0, 10, 3_970, 3_990, 4_100, 7_480, 11_000, 19_000, 19_970])
    it(`is without a line that holds a secret behind ${before} characters of it`, () => {
      const text = resultOf(`first\n${"x ".repeat(before / 2)}${SECRET} more\nlast`);
      doesNotMatch(text, /ghp_/u);
      match(text, /^first\n\(a line that looks like a token of GitHub is left out\)/u);
    });

  it("is left alone where nothing in it looks like one, however long a line is", () =>
    deepEqual(resultOf("y ".repeat(9_000)), "y ".repeat(9_000)));
});
