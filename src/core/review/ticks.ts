import type { FileChoice, Take } from "./selection";

/** A file as ticks see it; see `ReviewFile`. */
export interface Tickable {
  readonly path: string;
  /** Numbers that can be chosen; empty where only the whole file can. */
  readonly parts: readonly number[];
}

/** How a tick box stands: of some of its parts it is neither ticked nor empty. */
export type Tick = "all" | "some" | "none";

/** What is taken of a file; a file nobody named stays out. */
export function takeOf(choices: readonly FileChoice[], path: string): Take {
  return choices.find((choice) => choice.path === path)?.take ?? "none";
}

/** Whether a part of a file is taken. */
export function isTicked(take: Take, number: number): boolean {
  return take === "all" || (take !== "none" && take.includes(number));
}

/** How the file's own box stands. */
export function fileTick(take: Take): Tick {
  if (take === "all" || take === "none") return take;
  return "some";
}

/** Whether all is ticked that can be; `limit` is what can be. */
export function isFull(take: Take, limit: Take): boolean {
  return String(take) === String(limit);
}

/** All of the file that can be taken, or, where it was, nothing; `limit` is what can be. */
export function toggleFile(take: Take, limit: Take = "all"): Take {
  return isFull(take, limit) ? "none" : limit;
}

/** The same with one part the other way round. A number the file does not have changes nothing. */
export function togglePart(file: Tickable, take: Take, number: number): Take {
  if (!file.parts.includes(number)) return take;
  const chosen = file.parts.filter((each) => isTicked(take, each) !== (each === number));
  if (chosen.length === 0) return "none";
  return chosen.length === file.parts.length ? "all" : chosen;
}

/** The choices with some of them made anew; those of files the result does not have are dropped. */
export function withTicks(
  files: readonly Tickable[],
  choices: readonly FileChoice[],
  changed: readonly FileChoice[],
): readonly FileChoice[] {
  const takes = new Map([...choices, ...changed].map(({ path, take }) => [path, take]));
  return files.map(({ path }) => ({ path, take: takes.get(path) ?? "none" }));
}

/** How much of a result is ticked. */
export interface TickCount {
  readonly ticked: number;
  readonly total: number;
  /** What is counted: hunks, or, where files go whole or change their name, changes. */
  readonly unit: "hunk" | "change";
}

/** Counts parts; a file that only goes whole is one. */
export function countTicks(files: readonly Tickable[], choices: readonly FileChoice[]): TickCount {
  const takes = new Map(choices.map(({ path, take }) => [path, take]));
  let ticked = 0;
  let total = 0;
  let unit: TickCount["unit"] = "hunk";
  for (const { path, parts } of files) {
    const size = Math.max(parts.length, 1);
    const take = takes.get(path) ?? "none";
    if (parts.length === 0 || parts.includes(0)) unit = "change";
    total += size;
    if (take === "all") ticked += size;
    else if (take !== "none") ticked += take.length;
  }
  return { ticked, total, unit };
}

/** The parts that were taken and are ticked no more, by file, and how much that is of all that was taken. */
export function takenBack(
  files: readonly Tickable[],
  taken: readonly FileChoice[],
  choices: readonly FileChoice[],
): { readonly back: readonly FileChoice[]; readonly count: TickCount } {
  const takes = new Map(taken.map(({ path, take }) => [path, take]));
  const now = new Map(choices.map(({ path, take }) => [path, take]));
  const back: FileChoice[] = [];
  let [ticked, total] = [0, 0];
  let unit: TickCount["unit"] = "hunk";
  for (const { path, parts } of files) {
    const was = takes.get(path) ?? "none";
    if (was === "none") continue;
    const is = now.get(path) ?? "none";
    if (parts.length === 0 || parts.includes(0)) unit = "change";
    const there = parts.filter((each) => isTicked(was, each));
    const gone = there.filter((each) => !isTicked(is, each));
    total += Math.max(1, there.length);
    // A file that only goes whole has no numbers.
    const isGone = there.length === 0 ? is === "none" : gone.length > 0;
    if (!isGone) continue;
    ticked += Math.max(1, gone.length);
    back.push({ path, take: there.length === 0 ? "all" : gone });
  }
  return { back, count: { ticked, total, unit } };
}
