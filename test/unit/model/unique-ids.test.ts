import { deepEqual } from "node:assert/strict";
import type { Block, Message } from "../../../src/model/model";
import { withUniqueIds } from "../../../src/model/unique-ids";
import { call, text } from "../../support/scripted-model";

const result = (id: string, content: string): Block => ({ type: "tool_result", tool_use_id: id, content });
const says = (...content: readonly Block[]): Message => ({ role: "assistant", content });
const told = (...content: readonly Block[]): Message => ({ role: "user", content });

describe("tool calls get a name of their own", () => {
  for (const [what, before, after] of [
    [
      "what is unique stays",
      [says(text("a"), call("1", "read"), call("2", "read")), told(result("1", "x"), result("2", "y"))],
      [says(text("a"), call("1", "read"), call("2", "read")), told(result("1", "x"), result("2", "y"))],
    ],
    [
      "one id twice in a message, results in the order of the calls",
      [says(call("1", "read"), call("1", "grep")), told(result("1", "x"), result("1", "y"))],
      [says(call("1", "read"), call("1_2", "grep")), told(result("1", "x"), result("1_2", "y"))],
    ],
    [
      "one id in two messages",
      [says(call("1", "read")), told(result("1", "x")), says(call("1", "read")), told(result("1", "y"))],
      [says(call("1", "read")), told(result("1", "x")), says(call("1_2", "read")), told(result("1_2", "y"))],
    ],
    [
      "a new name that is taken",
      [
        says(call("1_2", "read"), call("1", "read"), call("1", "read")),
        told(result("1_2", "x"), result("1", "y"), result("1", "z")),
      ],
      [
        says(call("1_2", "read"), call("1", "read"), call("1_3", "read")),
        told(result("1_2", "x"), result("1", "y"), result("1_3", "z")),
      ],
    ],
    ["a result nobody asked for stays as it is", [told(result("9", "x"))], [told(result("9", "x"))]],
  ] as const)
    it(what, () => deepEqual(withUniqueIds(before), after));
});
