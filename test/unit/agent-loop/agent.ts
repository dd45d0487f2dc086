import { equal, notEqual, ok } from "node:assert/strict";
import * as z from "zod";
import { type AgentOptions, type AgentOutcome, type Conclusion, runAgent } from "../../../src/agent/loop";
import type { Shell } from "../../../src/agent/shell";
import { defineTool, type Tool, type ToolContext } from "../../../src/agent/tool";
import type { Workspace } from "../../../src/agent/workspace";
import { failure } from "../../../src/core/failure";
import { checkRequest } from "../../../src/demo/check-request";
import { MessagesRequest } from "../../../src/demo/request";
import { toParams } from "../../../src/model/anthropic-request";
import type { ModelRequest } from "../../../src/model/model";
import { type Line, ScriptedModel } from "../../support/scripted-model";

/** An agent with a script for a model, and everything that could be seen of its work. */
export interface Trial<T> {
  readonly outcome: AgentOutcome<T>;
  readonly model: ScriptedModel;
  /** Names and inputs of the calls that ran, with what the agent was told meanwhile. */
  readonly log: readonly string[];
}

/** Concludes with the word in the call `finish {word}`: `again` is not yet, `fail` gives up, anything else is done. */
export const WORD: Conclusion<string> = {
  spec: { name: "finish", description: "Finish.", schema: { type: "object" } },
  conclude: (input) => judge(z.object({ word: z.string() }).safeParse(input).data?.word ?? "again"),
  concludeText: (text) => judge(text),
};

async function judge(word: string): ReturnType<Conclusion<string>["conclude"]> {
  if (word === "fail") return { kind: "failed", failure: failure("checks.failed", "red") };
  return word === "again" || word === "" ? { kind: "again", say: "Not yet." } : { kind: "done", value: word };
}

/** Plays a script to its end. Each request must be one the API takes. */
export async function play<T>(
  script: readonly Line[],
  options: Partial<AgentOptions<T>> & { readonly conclusion: Conclusion<T> },
): Promise<Trial<T>> {
  const model = new ScriptedModel(script);
  const log: string[] = [];
  const outcome = await runAgent<T>({
    model,
    modelId: "sonnet",
    system: "You are a worker.",
    tools: [],
    assignment: "Do it.",
    context: contextOf(new AbortController().signal),
    maxTurns: 100,
    maxTokens: 1000,
    mayContinue: () => undefined,
    now: () => 0,
    onTools: async () => undefined,
    onTurn: async ({ turn, reply }) => void log.push(`turn ${turn} ${reply.stopReason}`),
    onCompact: async ({ reply }) => void log.push(reply === undefined ? "dropped" : "summed up"),
    onMessage: () => undefined,
    onActivity(activity) {
      if (activity.type === "call") log.push(`call ${activity.name} ${JSON.stringify(activity.input)}`);
      if (activity.type === "result") log.push(`${activity.isError ? "error" : "result"} ${activity.content}`);
    },
    ...options,
  });
  for (const request of model.requests) checkHistory(request);
  return { outcome, model, log };
}

/** A tool that answers with its name and input and keeps a list of what it did. */
export function tool(name: string, more: { readonly readOnly?: boolean; readonly run?: Tool["call"] } = {}): Tool {
  return defineTool({
    name,
    description: name,
    input: z.object({ n: z.int().optional() }),
    readOnly: more.readOnly ?? false,
    run: more.run ?? (async ({ n }) => ({ content: `${name} ${n ?? ""}`.trim() })),
  });
}

/** A context for tools that need neither files nor a shell. */
export function contextOf(signal: AbortSignal): ToolContext {
  return { signal, workspace: {} as Workspace, shell: {} as Shell };
}

/** What the API demands of a history: roles in turn, no empty message, each call answered at once, and no stray answer. */
export function checkHistory(request: ModelRequest): void {
  ok(request.messages.length > 0);
  request.messages.forEach((message, i) => {
    notEqual(message.content.length, 0, `message ${i} is empty`);
    equal(message.role, i % 2 === 0 ? "user" : "assistant", `message ${i} is out of turn`);
  });
  equal(checkRequest(MessagesRequest.parse(JSON.parse(JSON.stringify(toParams(request))))), undefined);
}
