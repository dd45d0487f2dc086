import { runAgent, type AgentOutcome } from "../../src/agent/loop";
import { openWorkspace } from "../../src/agent/jail";
import type { Shell } from "../../src/agent/shell";
import { reportConclusion } from "../../src/agent/report";
import { readTool } from "../../src/agent/tools/read";
import { writeTool } from "../../src/agent/tools/write";
import type { Report } from "../../src/core/report";
import type { AnthropicOptions } from "../../src/model/anthropic";
import { createAnthropicModel } from "../../src/model/anthropic";
import { govern, type GovernorOptions } from "../../src/model/governor";
import { CANARY_KEY, never } from "../support/model-request";

/** Real time, but the governor's waits take a thousandth of what they say. */
export const hasty: NonNullable<GovernorOptions["clock"]> = {
  now: () => performance.now() * 1000,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      setTimeout(() => (signal.aborted ? reject(signal.reason) : resolve()), ms / 1000);
    }),
};

/** A clock by which nothing takes time but the governor's waits, which are over at once. */
export function stillClock(): NonNullable<GovernorOptions["clock"]> {
  let time = 0;
  return {
    now: () => time,
    async sleep(ms, signal) {
      await new Promise(setImmediate);
      signal.throwIfAborted();
      time += ms;
    },
  };
}

/** What an agent did, as seen from outside. */
export interface AgentRun {
  readonly outcome: AgentOutcome<Report>;
  /** Names of the tools that ran. */
  readonly ran: readonly string[];
  /** Waits that were announced, in milliseconds. */
  readonly waits: readonly number[];
}

/** Lets a worker loose on a folder: the real loop, adapter, governor and file tools; no shell. */
export async function runWorkerOn(
  dir: string,
  options: {
    readonly url: string;
    /** What the server tells workers apart by. */
    readonly name?: string;
    readonly model?: Omit<AnthropicOptions, "apiKey" | "baseUrl">;
    readonly governor?: GovernorOptions;
  },
): Promise<AgentRun> {
  const { url, name = "one", model, governor } = options;
  const ran: string[] = [];
  const waits: number[] = [];
  const outcome = await runAgent<Report>({
    model: govern(createAnthropicModel({ apiKey: CANARY_KEY, baseUrl: url, ...model }), { clock: hasty, ...governor }),
    modelId: "sonnet",
    system: `You are the implementer. ${name}`,
    tools: [readTool, writeTool],
    conclusion: reportConclusion({ mustChange: false, changed: async () => true, check: async () => [] }),
    assignment: `Subtask: ${name} (attempt 1)\n\nDo it.`,
    context: { workspace: await openWorkspace({ root: dir, writable: true }), shell: {} as Shell, signal: never() },
    maxTurns: 5,
    maxTokens: 1000,
    mayContinue: () => undefined,
    now: () => 0,
    onTurn: async () => undefined,
    onTools: async () => undefined,
    onCompact: async () => undefined,
    onMessage: () => undefined,
    onActivity(activity) {
      if (activity.type === "call") ran.push(activity.name);
      if (activity.type === "waiting") waits.push(activity.ms);
    },
  });
  return { outcome, ran, waits };
}
