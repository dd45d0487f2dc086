import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { roleOf } from "../../agent/roles";
import { knownMs, type Figure, type WorkerFacts } from "../../core/gate/estimate";
import type { GateOptions } from "../../core/gate/gate";
import type { Plan } from "../../core/plan/plan";
import type { SubtaskTime } from "../../core/plan/plan-approved";
import type { RoleName } from "../../core/role";
import { openRepository, type Repository } from "../../git/repository";
import { modelLimits, resolveModel } from "../../model/models";
import { priceOf, type PriceRule } from "../../model/prices";
import { listRunsInShort } from "../log/store";

/** Older runs than these say little about the repository as it is. */
const RUNS_TO_LEARN_FROM = 20;

/**
 * What the gate must know, from the models' tables and the repository, or the one around a folder. Outside a repository, or in
 * one that cannot be read, it judges from the roles' defaults: never throws.
 */
export async function gateOptions(
  where: string | Promise<Repository>,
  workers: number,
  prices?: readonly PriceRule[],
): Promise<GateOptions> {
  const own = { workers, workerFor: (role: RoleName, model?: string) => workerFor(role, model, prices) };
  const repo = await (typeof where === "string" ? openRepository(where) : where).catch(() => undefined);
  if (repo === undefined) return own;
  const [history, scripts] = await Promise.all([historyOf(repo), scriptNames(repo.dir)]);
  return { ...own, history, scripts };
}

/** The worker a role and a plan's model name stand for. */
export function workerFor(role: RoleName, model: string | undefined, prices?: readonly PriceRule[]): WorkerFacts {
  const definition = roleOf(role);
  const id = resolveModel(model ?? definition.model);
  return {
    model: id,
    price: priceOf(id, prices),
    contextTokens: modelLimits(id).contextTokens,
    maxTurns: definition.maxTurns,
  };
}

/** How long each subtask of a plan will take, where the plan says it or this repository has shown it. Never throws. */
export async function subtaskTimes(repo: Repository, { subtasks }: Plan): Promise<readonly SubtaskTime[]> {
  const history = subtasks.some((s) => s.estimated_time === undefined) ? await historyOf(repo) : [];
  return subtasks.flatMap((subtask) => {
    const ms = knownMs(subtask, history);
    return ms === undefined ? [] : [{ id: subtask.id, ms }];
  });
}

async function historyOf(repo: Repository): Promise<readonly Figure[]> {
  const runs = await listRunsInShort(repo, Date.now(), RUNS_TO_LEARN_FROM).catch(() => []);
  return runs.flatMap((run) => ("figures" in run ? run.figures : []));
}

/** Of the user's work tree, as the plan is about to be: a check may name a script that is not committed yet. */
async function scriptNames(dir: string): Promise<ReadonlySet<string>> {
  try {
    const { scripts }: { scripts?: unknown } = JSON.parse(await readFile(join(dir, "package.json"), "utf8"));
    return new Set(typeof scripts === "object" && scripts !== null ? Object.keys(scripts) : []);
  } catch {
    return new Set();
  }
}
