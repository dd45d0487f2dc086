import { describeConflict } from "../../core/review/conflict";
import type { MergedReview, ReviewFile, SinceLast } from "../../core/review/review";
import { openRepository } from "../../git/repository";
import { readReview } from "../../run/accept/read-review";
import { chooseRun, readRun } from "../../run/log/store";
import type { Command } from "../command";
import { EXIT } from "../exit";
import { plain } from "../../core/plain";
import type { Terminal } from "../terminal";

/** `braid review RUN SUBTASK [--json]`: what a result changed, files and hunks with their numbers. Reads logs only. */
export async function runReview(command: Extract<Command, { name: "review" }>, terminal: Terminal): Promise<number> {
  const repo = await openRepository(terminal.cwd);
  const state = await readRun(repo, await chooseRun(repo, command.run));
  const review = await readReview(repo, state, command.subtask);
  terminal.out(command.json ? JSON.stringify(review) : describeReview(review));
  return EXIT.done;
}

/** A review as lines of text. */
export function describeReview(review: MergedReview): string {
  const lines = [
    `${review.subtask}, attempt ${review.attempt}: ${review.commit.slice(0, 10)} on ${review.base.slice(0, 10)}`,
    ...review.risks.map((risk) => `  ! ${risk.message}`),
  ];
  if (review.undecided.length > 0) lines.push(`  rests on ${review.undecided.join(", ")}, not decided yet`);
  for (const { subtask, concern } of review.along)
    if (concern !== null) lines.push(`  ! ${subtask} would go in along: ${concern}`);
  if (review.since !== null) lines.push(...sinceLines(review.since));
  for (const conflict of review.merge?.conflicts ?? []) lines.push(`  conflict in ${describeConflict(conflict)}`);
  for (const { path, hunks } of review.merge?.conflictHunks ?? [])
    for (const { line, ours, theirs } of hunks)
      lines.push(
        `    ${path}:${line}`,
        ...ours.map((text) => `      branch ${text}`),
        ...theirs.map((text) => `      result ${text}`),
      );
  for (const file of review.files) lines.push("", ...describeFile(file));
  return plain(lines.join("\n"));
}

const FATES = { changed: "changed", "close-by": "changed close by", "as-it-was": "as it was" } as const;

function sinceLines({ attempt, text, files, comments }: SinceLast): readonly string[] {
  const changed = files.length === 0 ? "nothing" : files.map(({ path }) => path).join(", ");
  return [
    `  asked of attempt ${attempt}: ${text === "" ? "see the comments" : text.replaceAll(/\s+/gu, " ")}`,
    `  changed since: ${changed}`,
    ...comments.flatMap(({ path, now, fate, text: comment, answer }) => [
      `    ${path}:${now.side === "base" ? "-" : ""}${now.line} [${FATES[fate]}] ${comment.replaceAll(/\s+/gu, " ")}`,
      ...(answer === null ? [] : [`      worker: ${answer.replaceAll(/\s+/gu, " ")}`]),
    ]),
  ];
}

/** What is worth saying about modes: a change, or a new file that is not a plain one. */
function modeWords({ oldMode, newMode }: ReviewFile): string {
  if (oldMode === newMode || newMode === undefined) return "";
  if (oldMode === undefined) return newMode === "100644" ? "" : ` with mode ${newMode}`;
  return ` mode ${oldMode} → ${newMode}`;
}

function describeFile(file: ReviewFile): readonly string[] {
  const from = file.from === undefined || file.from === file.path ? "" : ` (was ${file.from})`;
  const mode = modeWords(file);
  const notes = [
    ...(file.copiedFrom === undefined ? [] : [`copied from ${file.copiedFrom}`]),
    ...(file.executable === null ? [] : [`only by name: ${file.executable.reason}`]),
    ...(file.outOfScope ? ["outside its scope"] : []),
    ...(file.whole === null || file.status === "added" || file.status === "deleted"
      ? []
      : [`whole only: ${file.whole}`]),
  ];
  const lines = [
    `${file.path}${from}: ${[`${file.status}${mode} +${file.added} −${file.deleted}`, ...notes].join("; ")}`,
  ];
  if (file.parts.includes(0)) lines.push(`  #0 ${from === "" ? "the new mode" : "the new name"}${mark(file, 0)}`);
  for (const [i, hunk] of file.hunks.entries()) {
    const range = `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`;
    lines.push(`  #${i + 1} ${range} ${hunk.heading}${mark(file, i + 1)}`.trimEnd());
    for (const line of hunk.lines) lines.push(`    ${SIGN[line.kind]}${line.text}`);
  }
  return lines;
}

const SIGN = { context: " ", added: "+", deleted: "-" } as const;

function mark(file: ReviewFile, number: number): string {
  return file.leftOut.includes(number) ? " (left out before)" : "";
}
