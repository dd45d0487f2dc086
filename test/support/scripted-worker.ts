import type { Model, ModelReply } from "../../src/model/model";
import { NO_USAGE } from "../../src/core/usage";
import type { RunPorts } from "../../src/run/ports";
import { openRepository } from "../../src/git/repository";

/** Files a worker writes, by subtask; a function is told the attempt and what it was assigned. */
export type Writes = Readonly<
  Record<
    string,
    Readonly<Record<string, string>> | ((attempt: number, assignment: string) => Readonly<Record<string, string>>)
  >
>;

/** A model whose workers write their files and then report. */
export function fileWriter(writes: Writes): Model {
  return {
    async respond({ messages }) {
      const first = textOf(messages[0]);
      const [, subtask = "", attempt = "1"] = /Subtask: (\S+) \(attempt (\d+)\)/u.exec(first) ?? [];
      if (messages.length > 1) return answer("end_turn", [{ type: "text", text: `Wrote ${subtask}.` }]);
      const files = writes[subtask] ?? {};
      const list = Object.entries(typeof files === "function" ? files(Number(attempt), first) : files);
      return answer(
        "tool_use",
        list.map(([file_path, content], i) => ({
          type: "tool_use",
          id: `t${i}`,
          name: "write",
          input: { file_path, content },
        })),
      );
    },
  };
}

/** Ports on a repository of a test. */
export async function portsFor(dir: string, worktreeRoot: string, model: Model): Promise<RunPorts> {
  return {
    repo: await openRepository(dir),
    model,
    resolveModel: (name) => name,
    worktreeRoot,
    now: Date.now,
    log: () => undefined,
  };
}

function textOf(message: unknown): string {
  const { content }: { content?: unknown } = Object(message);
  if (typeof content === "string") return content;
  const blocks: readonly unknown[] = Array.isArray(content) ? content : [];
  return blocks.map((block) => String(Object(block).text ?? "")).join("\n");
}

function answer(
  stopReason: "tool_use" | "end_turn",
  content: Extract<ModelReply, { kind: "message" }>["content"],
): ModelReply {
  return { kind: "message", content, stopReason, usage: NO_USAGE, model: "m", durationMs: 1 };
}
