import type { FileDiff } from "./diff";
import { hash } from "../hash";
import { partsLeftOut, partsOf, type FileChoice, type TakenFile, type Take } from "./selection";

/** A part of a result that the user did not take. It stays out until somebody takes it by name. */
export interface LeftOut {
  readonly path: string;
  /** Its number in the diff it was left out of. */
  readonly number: number;
  /** Tells the same change again in another attempt, wherever it stands by then. */
  readonly fingerprint: string;
  /** The beginning of what it would have changed, plain text. */
  readonly excerpt: string;
  /** Why; empty where the user did not say. */
  readonly reason: string;
}

/** What was taken of a result, where that is not the whole of it. */
export interface Taken {
  readonly files: readonly FileChoice[];
  /** A commit on the subtask's base that holds what was taken and nothing else; what builds on the subtask gets this. */
  readonly commit: string;
}

/** Longest excerpt of a part that was left out, in characters. */
const MAX_EXCERPT_CHARS = 1_000;

/**
 * All that is left out of a subtask once these parts are taken: what is left now, and what was left earlier and is not
 * taken now.
 */
export function leaveOut(taken: readonly TakenFile[], reason: string, before: readonly LeftOut[]): readonly LeftOut[] {
  const now = partsLeftOut(taken).flatMap(({ file, numbers }) =>
    numbers.map((number): LeftOut => {
      const fingerprint = fingerprintOf(file, number);
      const earlier = before.find((each) => each.fingerprint === fingerprint);
      return {
        path: file.path,
        number,
        fingerprint,
        excerpt: excerptOf(file, number),
        reason: reason === "" ? (earlier?.reason ?? "") : reason,
      };
    }),
  );
  const seen = new Set(taken.flatMap(({ file }) => allNumbers(file).map((number) => fingerprintOf(file, number))));
  return [...now, ...before.filter((each) => !seen.has(each.fingerprint))];
}

/** Numbers of a file's parts that the user has left out before, in this or an earlier attempt. */
export function leftOutBefore(file: FileDiff, before: readonly LeftOut[]): readonly number[] {
  if (before.length === 0) return [];
  const known = new Set(before.map((each) => each.fingerprint));
  return allNumbers(file).filter((number) => known.has(fingerprintOf(file, number)));
}

/** What is taken unless the user says otherwise: everything but what was left out before and what `apart` names. */
export function defaultChoices(
  files: readonly FileDiff[],
  before: readonly LeftOut[],
  apart: ReadonlySet<string> = new Set(),
): readonly FileChoice[] {
  return files.map((file) => ({ path: file.path, take: apart.has(file.path) ? "none" : takeWithout(file, before) }));
}

function takeWithout(file: FileDiff, before: readonly LeftOut[]): Take {
  const out = leftOutBefore(file, before);
  if (out.length === 0) return "all";
  const numbers = allNumbers(file).filter((number) => !out.includes(number));
  return numbers.length === 0 ? "none" : numbers;
}

function allNumbers(file: FileDiff): readonly number[] {
  const numbers = partsOf(file).map((part) => part.number);
  return numbers.length === 0 ? [1] : numbers;
}

/** The same for the same change of the same path: what goes and what comes, without line numbers or context. */
export function fingerprintOf(file: FileDiff, number: number): string {
  if (number === 0) return hash(`${file.path}\0${file.from ?? ""}\0${file.oldMode ?? ""}\0${file.newMode ?? ""}`);
  const whole = partsOf(file).length === 0;
  const text = changedLines(file, number).map(({ kind, text: line }) => `${kind.charAt(0)}${line}`);
  const about = whole ? `${file.status}\0${file.newMode ?? ""}\0${file.blob ?? ""}` : "";
  return hash(`${file.path}\0${about}\0${text.join("\n")}`);
}

function excerptOf(file: FileDiff, number: number): string {
  if (number === 0) return file.from === undefined ? "the new mode" : `the new name (was ${file.from})`;
  const lines = changedLines(file, number).map(({ kind, text }) => `${kind === "added" ? "+" : "-"}${text}`);
  if (lines.length === 0) return `the file (${file.status})`;
  const all = lines.join("\n");
  return all.length <= MAX_EXCERPT_CHARS ? all : `${all.slice(0, MAX_EXCERPT_CHARS)}…`;
}

function changedLines(file: FileDiff, number: number) {
  const hunks = partsOf(file).length === 0 ? file.hunks : file.hunks.slice(number - 1, number);
  return hunks.flatMap((hunk) => hunk.lines.filter((line) => line.kind !== "context"));
}
