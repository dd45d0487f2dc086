import type { FileDiff, Hunk } from "./diff";
import { failure, type Failure } from "../failure";

/** Which parts of a file are taken: all, none, or those with these numbers (see {@link partsOf}). */
export type Take = "all" | "none" | readonly number[];

/** What is taken of one file. `path` is the new one of a rename. */
export interface FileChoice {
  readonly path: string;
  readonly take: Take;
}

/**
 * What of a result goes in. It belongs to one result on one base; a newer result wants a new choice. A file that is not
 * named stays out.
 */
export interface Selection {
  readonly base: string;
  readonly commit: string;
  readonly files: "all" | readonly FileChoice[];
}

/** A part of a file's change that can be taken or left. Number 0 is its new name or mode, hunks count from 1. */
export type Part =
  | { readonly number: 0; readonly kind: "header" }
  | { readonly number: number; readonly kind: "hunk"; readonly hunk: Hunk };

/** The parts of a file's change, in order; empty where it can only be taken whole, see {@link wholeReason}. */
export function partsOf(file: FileDiff): readonly Part[] {
  if (wholeReason(file) !== undefined) return [];
  const hunks = file.hunks.map((hunk, i): Part => ({ number: i + 1, kind: "hunk", hunk }));
  return hasNewHeader(file) ? [{ number: 0, kind: "header" }, ...hunks] : hunks;
}

/** Why a file can only be taken or left as a whole, in words; undefined where its parts can be chosen. */
export function wholeReason(file: FileDiff): string | undefined {
  if (file.status === "added") return "it is new";
  if (file.status === "deleted") return "it is deleted";
  if (file.status === "type-changed") return "it became another kind of entry";
  if (file.binary) return "it is binary";
  if ([file.oldMode, file.newMode].some((mode) => mode === "120000")) return "it is a symbolic link";
  if ([file.oldMode, file.newMode].some((mode) => mode === "160000")) return "it is a submodule";
  return undefined;
}

/** Whether name or mode of the file changed. */
export function hasNewHeader(file: FileDiff): boolean {
  return (file.from !== undefined && file.from !== file.path) || file.oldMode !== file.newMode;
}

/** A file of the diff with what is taken of it, said in the shortest way. */
export interface TakenFile {
  readonly file: FileDiff;
  readonly take: Take;
}

/**
 * The choice for each file of the diff. A failure `selection.invalid` where it names what is not there, takes a part of
 * what goes only whole, or would need a file and a folder of one name.
 */
export function takesOf(files: readonly FileDiff[], selection: Selection): readonly TakenFile[] | Failure {
  if (selection.files === "all") return files.map((file) => ({ file, take: "all" }));
  const problem = choicesProblem(files, selection.files);
  if (problem !== undefined) return problem;
  const choices = new Map(selection.files.map(({ path, take }) => [path, take]));
  const taken = files.map((file) => ({ file, take: shortest(file, choices.get(file.path) ?? "none") }));
  return clashOf(taken) ?? taken;
}

/** Why choices were not made on these files: a failure `selection.invalid`, or undefined where they were. */
export function choicesProblem(files: readonly FileDiff[], choices: readonly FileChoice[]): Failure | undefined {
  const known = new Map(files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  for (const { path, take } of choices) {
    const file = known.get(path);
    if (file === undefined) return invalid(`The result does not change ${path}.`, `It changes: ${names(files)}.`);
    if (seen.has(path)) return invalid(`${path} is chosen twice.`, "Name each file once.");
    seen.add(path);
    const problem = problemOf(file, take);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Whether a list of choices takes everything, or nothing. */
export function extentOf(taken: readonly TakenFile[]): "all" | "none" | "some" {
  if (taken.every(({ take }) => take === "all")) return "all";
  return taken.every(({ take }) => take === "none") ? "none" : "some";
}

/** The parts that stay out, file by file; a file that only goes whole has the one number its change would have, 1. */
export function partsLeftOut(taken: readonly TakenFile[]): readonly { file: FileDiff; numbers: readonly number[] }[] {
  return taken.flatMap(({ file, take }) => {
    if (take === "all") return [];
    const all = partsOf(file).map((part) => part.number);
    const numbers = all.length === 0 ? [1] : all.filter((number) => take === "none" || !take.includes(number));
    return [{ file, numbers }];
  });
}

function problemOf(file: FileDiff, take: Take): Failure | undefined {
  if (take === "all" || take === "none") return undefined;
  const reason = wholeReason(file);
  // The one change of such a file may be named like a hunk.
  if (reason !== undefined && take.some((number) => number !== 1))
    return invalid(`${file.path} can only be taken whole: ${reason}.`, "Name it without a number.");
  if (reason !== undefined) return undefined;
  const numbers = partsOf(file).map((part) => part.number);
  const unknown = take.find((number) => !numbers.includes(number));
  if (unknown === undefined) return undefined;
  const has = numbers.length === 0 ? "no hunks" : numbers.join(", ");
  return invalid(`${file.path} has no hunk ${unknown}.`, `It has: ${has}.`);
}

function shortest(file: FileDiff, take: Take): Take {
  if (take === "all" || take === "none") return take;
  const chosen = [...new Set(take)].toSorted((a, b) => a - b);
  if (chosen.length === 0) return "none";
  const count = partsOf(file).length;
  return count === 0 || chosen.length === count ? "all" : chosen;
}

/** A result may turn a folder into a file; half of that is no tree. */
function clashOf(taken: readonly TakenFile[]): Failure | undefined {
  const there = new Set(taken.flatMap(entryOf));
  for (const path of there)
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1))
      if (there.has(path.slice(0, end)))
        return invalid(
          `${path.slice(0, end)} cannot be a file while ${path} is in it.`,
          "Take both changes, or neither.",
        );
  return undefined;
}

/** The path the file has in the tree that is taken, if any. */
function entryOf({ file, take }: TakenFile): readonly string[] {
  const old = file.status === "added" ? [] : [file.from ?? file.path];
  if (take === "none") return old;
  if (take === "all") return file.status === "deleted" ? [] : [file.path];
  return take.includes(0) ? [file.path] : old;
}

function names(files: readonly FileDiff[]): string {
  const shown = files.slice(0, 8).map((file) => file.path);
  return files.length > shown.length ? `${shown.join(", ")} and ${files.length - shown.length} more` : shown.join(", ");
}

function invalid(message: string, hint: string): Failure {
  return failure("selection.invalid", message, { hint });
}
