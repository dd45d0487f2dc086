import { chooseRuns } from "../clean/choose-runs";
import { bytesOf, type Stock } from "../clean/stock";
import { sizeText } from "../size-text";
import { found, ok, type Diagnosis } from "./diagnosis";

/** Judges what earlier runs have left; `now` is milliseconds since the epoch. Never a reason not to start another. */
export function judgeLeftovers({ runs }: Stock, now: number): readonly Diagnosis[] {
  if (runs.length === 0) return [ok("No run has left anything.")];
  const way = { text: "`braid clean` shows what can go, and archives what no branch has.", action: "braid.cleanUp" };
  const size = sizeText(runs.reduce((sum, run) => sum + bytesOf(run), 0));
  const taken = runs.length === 1 ? `1 run takes ${size}` : `${runs.length} runs take ${size}`;
  const half = runs.filter(({ isHalfCleaned }) => isHalfCleaned).length;
  const orphans = runs.filter(({ log, worktrees }) => log === null && worktrees.length > 0).length;
  const unread = runs.filter(
    ({ log, worktrees, isHalfCleaned }) => log === null && worktrees.length === 0 && !isHalfCleaned,
  );
  // What a clean-up has begun is finished whatever its age.
  const old = chooseRuns(runs, {}, now).clean.filter(({ isHalfCleaned }) => !isHalfCleaned);
  return [
    old.length === 0
      ? ok(`${taken}.`)
      : found("note", `${taken}; nothing happened in ${old.length} of ${runs.length} for two weeks.`, way),
    ...(half === 0 ? [] : [found("warning", `The clean-up of ${count(half)} was cut short.`, way)]),
    ...(orphans === 0 ? [] : [found("warning", `There are worktrees of ${count(orphans)} without a log.`, way)]),
    ...(unread.length === 0
      ? []
      : [found("warning", `The log of ${unread.map(({ id }) => id).join(", ")} is missing or cannot be read.`, way)]),
  ];
}

function count(runs: number): string {
  return runs === 1 ? "1 run" : `${runs} runs`;
}
