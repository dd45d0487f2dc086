import type { FileDiff } from "./diff";
import { failure, type Failure } from "../failure";
import { partsOf, wholeReason, type FileChoice, type Take } from "./selection";

/** What a user named: files and hunks to take, or to leave. */
export interface SelectionWords {
  /** `PATH`, `PATH#2` or `PATH#1,3-5`; without any, everything is meant. */
  readonly only: readonly string[];
  readonly except: readonly string[];
}

/** The choices that words such as `--only src/a.ts#2` stand for. A failure `selection.invalid` names the word. */
export function choicesOf(files: readonly FileDiff[], words: SelectionWords): readonly FileChoice[] | Failure {
  const takes = new Map<string, ReadonlySet<number>>();
  for (const file of files) takes.set(file.path, new Set(words.only.length === 0 ? numbersOf(file) : []));
  for (const [list, add] of [
    [words.only, true],
    [words.except, false],
  ] as const)
    for (const word of list) {
      const named = readWord(files, word);
      if ("code" in named) return named;
      const { file, numbers } = named;
      const before = [...(takes.get(file.path) ?? [])];
      takes.set(file.path, new Set(add ? [...before, ...numbers] : before.filter((number) => !numbers.has(number))));
    }
  return files.map((file) => ({ path: file.path, take: takeOf(file, takes.get(file.path) ?? new Set()) }));
}

/** A file that only goes whole has one change, number 1. */
function numbersOf(file: FileDiff): readonly number[] {
  const numbers = partsOf(file).map((part) => part.number);
  return numbers.length === 0 ? [1] : numbers;
}

function takeOf(file: FileDiff, numbers: ReadonlySet<number>): Take {
  if (numbers.size === 0) return "none";
  return numbers.size === numbersOf(file).length ? "all" : [...numbers].toSorted((a, b) => a - b);
}

function readWord(
  files: readonly FileDiff[],
  word: string,
): { readonly file: FileDiff; readonly numbers: ReadonlySet<number> } | Failure {
  // A name may hold a `#` of its own, so the whole word is tried first.
  const whole = files.find((file) => file.path === word);
  if (whole !== undefined) return { file: whole, numbers: new Set(numbersOf(whole)) };
  const cut = word.lastIndexOf("#");
  const path = cut === -1 ? word : word.slice(0, cut);
  const file = files.find((each) => each.path === path);
  if (file === undefined)
    return invalid(`The result does not change ${path}.`, "See the numbered files with `braid review RUN SUBTASK`.");
  const has = numbersOf(file);
  const numbers = new Set<number>();
  for (const range of word.slice(cut + 1).split(",")) {
    const [, first, last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/u.exec(range.trim()) ?? [];
    if (first === undefined || Number(last) < Number(first))
      return invalid(`"${range}" in "${word}" is no hunk number.`, "Write PATH#2, PATH#1,3 or PATH#2-5.");
    const wanted = has.filter((number) => number >= Number(first) && number <= Number(last));
    if (wanted.length !== Number(last) - Number(first) + 1) {
      const reason = wholeReason(file);
      return reason === undefined
        ? invalid(`${path} has no hunk ${range.trim()}.`, `It has: ${has.join(", ")}.`)
        : invalid(`${path} can only be taken whole: ${reason}.`, "Name it without a number.");
    }
    for (const number of wanted) numbers.add(number);
  }
  return { file, numbers };
}

function invalid(message: string, hint: string): Failure {
  return failure("selection.invalid", message, { hint });
}
