import { BraidError, failure } from "../core/failure";
import { plain } from "../core/plain";
import type { StallMinutes } from "../core/stall";
import { openRepository, type Repository } from "../git/repository";
import { createAnthropicModel } from "../model/anthropic";
import { govern } from "../model/governor";
import { openCatalogue } from "../model/catalogue";
import { askModels } from "../model/model-list";
import { resolveModel } from "../model/models";
import type { Model } from "../model/model";
import { traceSettings } from "../trace/target";
import { sleep } from "../util/abort";
import { worktreeRoot } from "../run/log/places";
import type { RunPorts } from "../run/ports";
import { canApprove } from "./approve";
import { pricesOf } from "./prices";
import type { Terminal } from "./terminal";

/** Where a model is reached: the environment's, or the demo's. */
export interface Endpoint {
  readonly apiKey: string;
  readonly baseUrl?: string;
}

/** The endpoint the environment names. Throws `model.no-key` where there is none; another server may do without a key. */
export function endpointOf(env: Terminal["env"]): Endpoint {
  const baseUrl = env["ANTHROPIC_BASE_URL"];
  const apiKey = env["ANTHROPIC_API_KEY"];
  if (baseUrl !== undefined && baseUrl !== "") return { baseUrl, apiKey: apiKey || "none" };
  if (apiKey === undefined || apiKey === "")
    throw new BraidError(
      failure("model.no-key", "There is no API key.", {
        hint: "Set ANTHROPIC_API_KEY (https://console.anthropic.com), or ANTHROPIC_BASE_URL for a local server, or try `braid demo`.",
      }),
    );
  return { apiKey };
}

/** How long after the first name of a model the list of them is asked for, in milliseconds. */
const LIST_AFTER_MS = 250;

/** The ports of a command that lets agents work in a repository, or in the one around a folder. */
export async function openPorts(
  where: string | Promise<Repository>,
  endpoint: Endpoint,
  terminal: Terminal,
  flags: Parameters<typeof canApprove>[1] & { readonly stalls?: StallMinutes } = {},
): Promise<RunPorts> {
  const prices = await pricesOf(terminal);
  const model = govern(createAnthropicModel({ ...endpoint, prices }));
  const ask = askModels(endpoint);
  const catalogue = openCatalogue(
    // What is asked for in the background is not in the way of the first request.
    async (signal) => {
      await sleep(LIST_AFTER_MS, signal);
      return ask(signal);
    },
    () => prices,
  );
  return {
    ...(await portsWith(where, model, terminal)),
    resolveModel: (name, needs) => catalogue.resolve(name, needs),
    prices,
    canApprove: canApprove(terminal, flags),
    ...(flags.stalls === undefined ? {} : { stalls: flags.stalls }),
  };
}

/** The ports of a command that only decides: asking the model would be a bug. */
export async function openPortsWithoutModel(
  dir: string,
  terminal: Terminal,
  flags: Parameters<typeof canApprove>[1] = {},
): Promise<RunPorts> {
  const model: Model = { respond: () => Promise.reject(new Error("This command has no model.")) };
  return { ...(await portsWith(dir, model, terminal)), canApprove: canApprove(terminal, flags) };
}

async function portsWith(where: string | Promise<Repository>, model: Model, terminal: Terminal): Promise<RunPorts> {
  const repo = await (typeof where === "string" ? openRepository(where) : where);
  return {
    repo,
    model,
    resolveModel,
    worktreeRoot: await worktreeRoot(repo, terminal.env["BRAID_WORKTREE_DIRECTORY"]),
    setup: { commands: (terminal.env["BRAID_WORKTREE_SETUP"] ?? "").split("\n") },
    trace: traceSettings(terminal.env),
    now: Date.now,
    log: (line) => terminal.error(plain(line)),
  };
}
