import { found, gravest, type Diagnosis, type Examined } from "../../core/doctor/diagnosis";
import { BraidError, describeFailure, failure, toFailure } from "../../core/failure";
import { readHeadTree } from "../../git/head-tree";
import { openRepository, readHead } from "../../git/repository";
import { askModels } from "../../model/model-list";
import { sleep } from "../../util/abort";
import { worktreeRoot } from "../log/places";
import type { DoctorSetting, Examination, Patient } from "./examination";
import { EXAMINATIONS } from "./examinations";
import { once } from "../../util/once";

/** Longest time for one examination, in milliseconds. */
const LIMIT_MS = 10_000;

/**
 * Looks at everything a run needs, all at the same time; one that fails or hangs hides no other. Writes nothing but the folder for
 * worktrees, which a run would make as well. Examinations that do not apply here have no diagnoses. Rejects only when `signal` aborts.
 */
export async function examine(
  setting: DoctorSetting,
  signal: AbortSignal,
  {
    examinations = EXAMINATIONS,
    limitMs = LIMIT_MS,
  }: { readonly examinations?: readonly Examination[]; readonly limitMs?: number } = {},
): Promise<readonly Examined[]> {
  const patient = toPatient(setting, signal);
  const [repo, commit] = await Promise.all(
    [patient.repo(), patient.repo().then(readHead)].map((each) => isThere(each, limitMs)),
  );
  const there = {
    nothing: true,
    trust: setting.trusted,
    repository: repo === true,
    commit: commit === true,
    endpoint: setting.endpoint !== null,
  };
  const examined = await Promise.all(
    examinations.map(async ({ id, title, needs, examine: look }): Promise<Examined> => {
      if (!there[needs]) return { id, title, diagnoses: [], durationMs: 0 };
      const from = performance.now();
      const diagnoses = await within(limitMs, signal, (own) => look(patient, own));
      return { id, title, diagnoses, durationMs: Math.round(performance.now() - from) };
    }),
  );
  signal.throwIfAborted();
  return examined;
}

/** An examination's own words, or ours where it did not come to an end. */
async function within(
  limitMs: number,
  signal: AbortSignal,
  look: (signal: AbortSignal) => Promise<readonly Diagnosis[]>,
): Promise<readonly Diagnosis[]> {
  const over = new AbortController();
  const limit = sleep(limitMs, over.signal).then(
    () => [found("warning", `This took longer than ${limitMs / 1000} s and was given up.`)],
    () => [],
  );
  try {
    return await Promise.race([look(AbortSignal.any([signal, over.signal])), limit]);
  } catch (error) {
    signal.throwIfAborted();
    return [found("warning", `This could not be looked at: ${describeFailure(toFailure(error))}`)];
  } finally {
    over.abort();
  }
}

function toPatient(setting: DoctorSetting, signal: AbortSignal): Patient {
  const repo = once(async () => {
    if (!setting.trusted) throw new BraidError(failure("run.state", "The folder is not trusted."));
    if (setting.dir === null) throw new BraidError(failure("repo.missing", "No folder is open."));
    return openRepository(setting.dir);
  });
  return {
    ...setting,
    repo,
    headTree: once(async () => readHeadTree(await repo())),
    worktreeRoot: once(async () => worktreeRoot(await repo(), setting.worktreeDirectory)),
    models: once(async () => {
      const from = performance.now();
      const { endpoint } = setting;
      const answer =
        endpoint === null ? failure("model.no-key", "There is no API key.") : await askModels(endpoint)(signal);
      return { answer, durationMs: Math.round(performance.now() - from) };
    }),
  };
}

/** Whether it was found within the limit. */
function isThere(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  const over = new AbortController();
  const late = sleep(limitMs, over.signal).then(
    () => false,
    () => false,
  );
  const answer = promise.then(
    () => true,
    () => false,
  );
  return Promise.race([answer, late]).finally(() => over.abort());
}

/** Examinations with something to say. */
export function told(examined: readonly Examined[]): readonly Examined[] {
  return examined.filter(({ diagnoses }) => diagnoses.length > 0);
}

/** What programs read: every examination with its gravest level. */
export function toJson(examined: readonly Examined[]): object {
  return examined.map(({ id, title, diagnoses, durationMs }) => ({
    id,
    title,
    level: gravest(diagnoses),
    durationMs,
    diagnoses,
  }));
}
