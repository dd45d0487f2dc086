import { NO_USAGE } from "../../src/core/usage";
import type { Model, ModelReply } from "../../src/model/model";

/** Each worker runs the commands of its description, one a turn, and then reports. */
export const obedient: Model = {
  async respond({ messages }) {
    const first = JSON.stringify(messages[0]);
    const commands = /\[\[(.*?)\]\]/u.exec(first)?.[1]?.split("~") ?? [];
    const turn = messages.filter((message) => message.role === "assistant").length;
    const command = commands[turn];
    if (command === undefined) return answer("end_turn", [{ type: "text", text: "Did it." }]);
    return answer("tool_use", [{ type: "tool_use", id: `t${turn}`, name: "bash", input: { command } }]);
  },
};

function answer(
  stopReason: "tool_use" | "end_turn",
  content: Extract<ModelReply, { kind: "message" }>["content"],
): ModelReply {
  return { kind: "message", content, stopReason, usage: NO_USAGE, model: "m", durationMs: 1 };
}
