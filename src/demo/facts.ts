import { blocksOf, textOf, type MessagesRequest } from "./request";

/** What the rules of a scenario look at. All of it comes from the one request: the demo model remembers nothing. */
export interface Facts {
  readonly role: string;
  readonly goal: string;
  readonly subtask: string;
  /** 0 where the request names no subtask. */
  readonly attempt: number;
  /** 1 for the first reply of a conversation. */
  readonly turn: number;
  readonly model: string;
  readonly system: string;
  /** The text of all user messages, tool results left out. */
  readonly text: string;
  /** Name of the last tool called, empty before the first call. */
  readonly lastTool: string;
  /** The tool results of the last message, joined. */
  readonly lastResult: string;
  readonly lastResultError: boolean;
}

/** Reads the facts off a request. The first lines they come from are what Braid's prompts are built with. */
export function factsOf(request: MessagesRequest): Facts {
  const { messages, model } = request;
  const system = blocksOf(request.system ?? "")
    .map(textOf)
    .join("\n");
  const users = messages.filter(({ role }) => role === "user");
  const texts = users.map(({ content }) =>
    blocksOf(content)
      .filter(({ type }) => type === "text")
      .map(textOf)
      .join("\n"),
  );
  const first = texts[0] ?? "";
  const [, subtask = "", attempt = "0"] = /^Subtask: (\S+) \(attempt (\d+)\)$/mu.exec(first) ?? [];
  const calls = messages
    .filter(({ role }) => role === "assistant")
    .flatMap(({ content }) => blocksOf(content).filter(({ type }) => type === "tool_use"));
  const lastTool = calls.at(-1)?.["name"];
  const results = blocksOf(messages.at(-1)?.content ?? "").filter(({ type }) => type === "tool_result");
  return {
    role: /^You are the ([a-z-]+)/mu.exec(system)?.[1] ?? "",
    goal: /^Goal: (.*)$/mu.exec(first)?.[1]?.trim() ?? "",
    subtask,
    attempt: Number(attempt),
    turn: 1 + messages.length - users.length,
    model,
    system,
    text: texts.join("\n"),
    lastTool: typeof lastTool === "string" ? lastTool : "",
    lastResult: results.map(textOf).join("\n"),
    lastResultError: results.some((block) => block["is_error"] === true),
  };
}
