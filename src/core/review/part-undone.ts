import type { FileDiff } from "./diff";
import { failure, type Failure } from "../failure";
import type { LeftOut, Taken } from "./left-out";
import { partsOf, type FileChoice, type Take } from "./selection";

/** What is left of an accept once a part of it is taken back, or brought back. */
export interface PartLeft {
  /** Null where it is the whole result again. */
  readonly taken: Taken | null;
  readonly leftOut: readonly LeftOut[];
  /** A commit on what the accept was made on, with what is left of it there; null where that is the accept's own. */
  readonly left: string | null;
}

/**
 * What stays of what was `taken` once `back` is taken out of it. A failure `selection.invalid` where nothing would be taken back,
 * where `back` names what the result does not change, or, with `exact`, what is not on the branch.
 */
export function remainder(
  files: readonly FileDiff[],
  taken: "all" | readonly FileChoice[],
  back: readonly FileChoice[],
  { exact }: { readonly exact: boolean },
): readonly FileChoice[] | Failure {
  const stranger = strangerIn(files, back);
  if (stranger !== undefined) return stranger;
  const takes = new Map(taken === "all" ? [] : taken.map(({ path, take }) => [path, take]));
  const outs = new Map(back.map(({ path, take }) => [path, take]));
  let gone = 0;
  const left: FileChoice[] = [];
  for (const file of files) {
    const there = numbersIn(file, taken === "all" ? "all" : (takes.get(file.path) ?? "none"));
    const out = numbersIn(file, outs.get(file.path) ?? "none");
    const absent = out.filter((number) => !there.includes(number));
    if (exact && absent.length > 0)
      return failure("selection.invalid", `${file.path}#${absent.join(",")} is not on the branch.`, {
        hint: there.length === 0 ? "Nothing of that file is." : `Of that file is: ${there.join(", ")}.`,
      });
    const stays = there.filter((number) => !out.includes(number));
    gone += there.length - stays.length;
    left.push({ path: file.path, take: shortest(file, stays) });
  }
  return gone === 0
    ? failure("selection.invalid", "Nothing of it would be taken back.", {
        hint: "Name a file or hunk that was accepted.",
      })
    : left;
}

/** A choice of what the result does not have was made on another one. */
function strangerIn(files: readonly FileDiff[], choices: readonly FileChoice[]): Failure | undefined {
  const known = new Map(files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  for (const { path, take } of choices) {
    const file = known.get(path);
    if (file === undefined) return invalid(`The result does not change ${path}.`, "See its files in the review.");
    if (seen.has(path)) return invalid(`${path} is chosen twice.`, "Name each file once.");
    seen.add(path);
    const all = allOf(file);
    const unknown = typeof take === "string" ? undefined : take.find((number) => !all.includes(number));
    if (unknown !== undefined) return invalid(`${path} has no hunk ${unknown}.`, `It has: ${all.join(", ")}.`);
  }
  return undefined;
}

function invalid(message: string, hint: string): Failure {
  return failure("selection.invalid", message, { hint });
}

function numbersIn(file: FileDiff, take: Take): readonly number[] {
  const all = allOf(file);
  if (take === "all") return all;
  return take === "none" ? [] : all.filter((number) => take.includes(number));
}

function shortest(file: FileDiff, numbers: readonly number[]): Take {
  if (numbers.length === 0) return "none";
  return numbers.length === allOf(file).length ? "all" : numbers;
}

/** A file that only goes whole has one change, number 1. */
function allOf(file: FileDiff): readonly number[] {
  const numbers = partsOf(file).map(({ number }) => number);
  return numbers.length === 0 ? [1] : numbers;
}
