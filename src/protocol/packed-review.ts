import { STATUS_WORDS } from "../core/review/file-words";
import type { FileChoice } from "../core/review/selection";
import type { OutlinedHunk, ShownFile, ShownReview } from "./review-messages";

/*
 * A review of a thousand files is a megabyte as plain objects, and what carries it to the page takes a fifth of a second for that.
 * Packed it is a sixth: what goes without saying is not said.
 */

/** A review as it crosses the boundary. */
export interface PackedReview extends Omit<ShownReview, "files" | "choices" | "taken"> {
  readonly files: readonly PackedFile[];
  readonly choices: PackedChoices;
  readonly taken: PackedChoices | null;
}

/** Path, lines added and deleted, seven numbers a hunk, and what is not as with most files. */
export type PackedFile = readonly [
  path: string,
  added: number,
  deleted: number,
  hunks: readonly number[],
  more?: Unusual,
];

type Rest = Omit<ShownFile, "path" | "added" | "deleted" | "hunks">;

interface Unusual extends Partial<Rest> {
  /** What git prints behind the place of each hunk, where it prints something. */
  readonly headings?: readonly string[];
  /** What most files have and this one has not. */
  readonly absent?: readonly ("oldMode" | "newMode")[];
}

/** Of each file, by its place, what is taken of it, where that is not all. */
export type PackedChoices = readonly (readonly [at: number, take: FileChoice["take"]])[];

/** Says it short. */
export function packReview(review: ShownReview): PackedReview {
  const { files, choices, taken } = review;
  return {
    ...review,
    files: files.map(packFile),
    choices: packChoices(files, choices),
    taken: taken === null ? null : packChoices(files, taken),
  };
}

/** What was packed. */
export function unpackReview(packed: PackedReview): ShownReview {
  const files = packed.files.map(unpackFile);
  return {
    ...packed,
    files,
    choices: unpackChoices(files, packed.choices),
    taken: packed.taken === null ? null : unpackChoices(files, packed.taken),
  };
}

/** One file, said short. */
export function packFile(file: ShownFile): PackedFile {
  const { path, added, deleted, hunks, ...rest } = file;
  const headings = hunks.map(({ heading }) => heading);
  const absent = MODES.filter((mode) => rest[mode] === undefined);
  const more: Unusual = {
    ...withoutUsual(rest, usualOf(file.status, hunks.length)),
    ...(headings.every((heading) => heading === "") ? {} : { headings }),
    ...(absent.length === 0 ? {} : { absent }),
  };
  const numbers = hunks.flatMap(packHunk);
  return Object.keys(more).length === 0 ? [path, added, deleted, numbers] : [path, added, deleted, numbers, more];
}

/** The file that was packed. */
export function unpackFile([path, added, deleted, numbers, more = {}]: PackedFile): ShownFile {
  const { headings = [], absent = [], ...rest } = more;
  const hunks: OutlinedHunk[] = [];
  for (let i = 0; i < numbers.length; i += HUNK_NUMBERS)
    hunks.push(unpackHunk(numbers.slice(i, i + HUNK_NUMBERS), headings[hunks.length] ?? ""));
  const { oldMode, newMode, ...usual } = usualOf(rest.status ?? "modified", hunks.length);
  return {
    path,
    added,
    deleted,
    hunks,
    ...usual,
    ...(absent.includes("oldMode") ? {} : { oldMode }),
    ...(absent.includes("newMode") ? {} : { newMode }),
    ...rest,
  };
}

/** Numbers of a hunk: both places, its size, and where a remark on it goes. */
const HUNK_NUMBERS = 7;
const MODES = ["oldMode", "newMode"] as const;

function unpackHunk(numbers: readonly number[], heading: string): OutlinedHunk {
  const [oldStart = 0, oldLines = 0, newStart = 0, newLines = 0, size = 0, side = 0, line = 0] = numbers;
  return {
    oldStart,
    oldLines,
    newStart,
    newLines,
    heading,
    size,
    place: { side: side === 0 ? "result" : "base", line },
  };
}

function packHunk({ oldStart, oldLines, newStart, newLines, size, place }: OutlinedHunk): readonly number[] {
  return [oldStart, oldLines, newStart, newLines, size, place.side === "result" ? 0 : 1, place.line];
}

/** What is so with most files. */
function usualOf(status: ShownFile["status"], hunks: number) {
  return {
    status: "modified",
    oldMode: "100644",
    newMode: "100644",
    binary: false,
    parts: Array.from({ length: hunks }, (_, i) => i + 1),
    whole: null,
    executable: null,
    outOfScope: false,
    leftOut: [],
    words: { status: STATUS_WORDS[status], notes: [], lines: true, markReturns: false },
    viewed: false,
  } satisfies Rest;
}

function withoutUsual(rest: Rest, usual: Rest): Partial<Rest> {
  const entries = Object.entries(rest).filter(([key, value]) => {
    const known: unknown = Reflect.get(usual, key);
    return value !== undefined && !isSame(value, known);
  });
  return Object.fromEntries(entries);
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function packChoices(files: readonly ShownFile[], choices: readonly FileChoice[]): PackedChoices {
  const takes = new Map(choices.map(({ path, take }) => [path, take]));
  return files.flatMap(({ path }, i) => {
    const take = takes.get(path) ?? "none";
    return take === "all" ? [] : [[i, take] as const];
  });
}

function unpackChoices(files: readonly ShownFile[], packed: PackedChoices): readonly FileChoice[] {
  const takes = new Map(packed);
  return files.map(({ path }, i) => ({ path, take: takes.get(i) ?? "all" }));
}
