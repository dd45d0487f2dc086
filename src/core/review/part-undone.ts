import type { FileDiff } from "./diff";
import { failure, type Failure } from "../failure";
import type { LeftOut, Taken } from "./left-out";
import { choicesProblem, partsOf, type FileChoice, type Take } from "./selection";

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
  const problem = choicesProblem(files, back);
  if (problem !== undefined) return problem;
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
