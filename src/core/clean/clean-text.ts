import { ageText } from "../age-text";
import { describeFailure } from "../failure";
import { plain } from "../plain";
import { sizeText } from "../size-text";
import type { CleanChoice } from "./choose-runs";
import { bytesOf, needsArchive, type ArchivedRun, type CleanOutcome, type RunStock, type Stock } from "./stock";

/** Most runs that are told one by one; the rest is told as a number. */
const MOST_KEPT = 10;

/** What would be deleted, what would be archived first, and what stays. */
export function previewLines(stock: Stock, choice: CleanChoice, now: number): readonly string[] {
  const { clean, keep } = choice;
  const total = stock.runs.reduce((sum, run) => sum + bytesOf(run), 0);
  const freed = clean.reduce((sum, run) => sum + bytesOf(run), 0);
  const kept = keep.slice(0, MOST_KEPT);
  return [
    ...(clean.length === 0
      ? ["Nothing to delete."]
      : ["To be deleted:", ...clean.flatMap((run) => runLines(run, now))]),
    ...(kept.length === 0 ? [] : ["Kept:"]),
    ...kept.map(({ run, why }) => `  ${run.id}  ${sizeText(bytesOf(run)).padStart(7)}  ${why}`),
    ...(keep.length > kept.length ? [`  and ${keep.length - kept.length} more`] : []),
    ...(stock.archived.length === 0
      ? []
      : [`Archived: ${count(stock.archived.length, "run")}. Bring one back: braid restore RUN`]),
    `In use: ${sizeText(total)} by ${count(stock.runs.length, "run")}; this frees about ${sizeText(freed)}.`,
  ].map(plain);
}

function runLines(run: RunStock, now: number): readonly string[] {
  const head = `  ${run.id}  ${sizeText(bytesOf(run)).padStart(7)}  ${ageText(now - run.lastMs)}, ${standing(run)}`;
  const archive = archiveText(run);
  return [
    `${head}  ${run.log === null ? "" : run.log.goal.split("\n", 1)[0]}`.trimEnd(),
    ...(archive === "" ? [] : [`            ${archive}`]),
  ];
}

/** Where a run stands, and what it has besides its log: `done, 2 worktrees, 3 refs`. */
export function standing(run: RunStock): string {
  return [
    run.isHalfCleaned ? "its clean-up was cut short" : (run.log?.phase ?? "its log cannot be read"),
    ...(run.worktrees.length === 0 ? [] : [count(run.worktrees.length, "worktree")]),
    ...(run.refs.length === 0 ? [] : [count(run.refs.length, "ref")]),
  ].join(", ");
}

/** What is archived before a run goes; "" where nothing has to be. */
export function archiveText(run: RunStock): string {
  const { unmerged } = run;
  if (!needsArchive(run)) return "";
  const names = unmerged.length > 3 ? `${unmerged.slice(0, 3).join(", ")} …` : unmerged.join(", ");
  return `work of ${names} is in no branch: archived first`;
}

/** One line for each archived run. */
export function archivedLines(archived: readonly ArchivedRun[], now: number): readonly string[] {
  return archived
    .map(({ id, goal, archivedMs }) => `${id}  archived ${ageText(now - archivedMs)}  ${goal.split("\n", 1)[0]}`)
    .map(plain);
}

/** How the clean-up of a run ended. */
export function outcomeLine(outcome: CleanOutcome): string {
  const { run } = outcome;
  switch (outcome.kind) {
    case "deleted":
      return plain(`${run} deleted.`);
    case "archived":
      return plain(`${run} deleted; its work is archived (braid restore ${run}).`);
    case "left":
      return plain(`${run} left: ${describeFailure(outcome.failure)}`);
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
