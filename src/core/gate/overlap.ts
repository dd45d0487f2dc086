import { canWrite, toRole } from "../role";
import { spelt, standsForMany } from "../plan/claims";
import type { PlanProblem } from "../plan/graph";
import type { Subtask } from "../plan/plan";

/**
 * Files that more than one subtask of a wave may change, a warning at the later entry of each pair. Whoever only reads
 * is left out. `positions` are the subtasks' places in the plan; at most `limit` warnings.
 */
export function overlapsIn(
  wave: readonly Subtask[],
  { wave: number, positions, limit }: OverlapOptions,
): readonly PlanProblem[] {
  const problems: PlanProblem[] = [];
  const names = new Map<string, string>();
  const patterns: { readonly entry: Entry; readonly id: string }[] = [];
  const concrete: { readonly entry: Entry; readonly id: string }[] = [];
  for (const subtask of wave) {
    const role = toRole(subtask.agent);
    if (role !== undefined && !canWrite(role)) continue;
    const own = subtask.files.map((file, i) => ({ entry: readEntry(file), i }));
    for (const { entry, i } of own) {
      if (problems.length >= limit) return problems;
      const same = entry.plain ? names.get(entry.text) : undefined;
      const other =
        same === undefined
          ? (entry.plain ? patterns : [...patterns, ...concrete]).find((o) => meets(o.entry, entry))
          : { id: same, entry };
      if (other === undefined) continue;
      const path = ["subtasks", positions.get(subtask.id) ?? 0, "files", i];
      problems.push({
        severity: "warning",
        path,
        message: overlapMessage(entry, other, `"${other.id}" in wave ${number}`),
      });
    }
    for (const { entry } of own) {
      if (!entry.plain) patterns.push({ entry, id: subtask.id });
      else if (!names.has(entry.text)) {
        names.set(entry.text, subtask.id);
        concrete.push({ entry, id: subtask.id });
      }
    }
  }
  return problems;
}

interface OverlapOptions {
  /** Number of the wave, from 1. */
  readonly wave: number;
  readonly positions: ReadonlyMap<string, number>;
  readonly limit: number;
}

/** Whether some path fits both entries. Of two patterns in one segment only their fixed ends are compared, so it may say yes too often, never no. */
export function filesOverlap(a: string, b: string): boolean {
  return meets(readEntry(a), readEntry(b));
}

function overlapMessage(entry: Entry, other: { readonly entry: Entry }, whose: string): string {
  if (entry.text === other.entry.text && !standsForMany(entry.text))
    return `${entry.text} is also changed by ${whose}: they run one after the other.`;
  return `${entry.text} overlaps ${other.entry.text === entry.text ? "the same pattern" : other.entry.text} of ${whose}: the results may conflict.`;
}

/** One entry of `files`: the paths it may stand for, each as segments. */
interface Entry {
  readonly text: string;
  /** Names exactly one path. */
  readonly plain: boolean;
  readonly alternatives: readonly (readonly string[])[];
}

function readEntry(file: string): Entry {
  const text = spelt(file);
  const whole = text.endsWith("/") ? `${text}**` : text;
  const alternatives = whole.length > MAX_LENGTH ? ["**"] : expandBraces(whole);
  return {
    text,
    plain: !standsForMany(whole),
    alternatives: alternatives.map((path) => path.split("/")),
  };
}

/** No path a file system takes is longer; what is gets compared with nothing and counts as anything. */
const MAX_LENGTH = 1_000;

/** More alternatives than this are taken for anything: nobody writes them, and `{a,b}{a,b}…` doubles with each pair. */
const MAX_ALTERNATIVES = 32;

function expandBraces(pattern: string): readonly string[] {
  const done: string[] = [];
  const left = [pattern];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const group = /\{([^{}]*)\}/u.exec(next);
    if (group === null) done.push(next);
    else
      for (const word of (group[1] ?? "").split(","))
        left.push(`${next.slice(0, group.index)}${word}${next.slice(group.index + group[0].length)}`);
    if (done.length + left.length > MAX_ALTERNATIVES) return ["**"];
  }
  return done;
}

function meets(a: Entry, b: Entry): boolean {
  return a.alternatives.some((x) => b.alternatives.some((y) => segmentsMeet(x, y)));
}

/** A table of what is left of both, from their ends. Not picomatch: for `*a*a*a…`, which a model may write, its expression backtracks without end. */
function segmentsMeet(a: readonly string[], b: readonly string[]): boolean {
  const [first, second] = [a[0] ?? "", b[0] ?? ""];
  if (first !== "**" && second !== "**" && !segmentMeets(first, second)) return false;
  let below: boolean[] = [];
  for (let i = a.length; i >= 0; i -= 1) {
    const row: boolean[] = [];
    for (let j = b.length; j >= 0; j -= 1) {
      const [x, y] = [a[i], b[j]];
      if (x === undefined && y === undefined) row[j] = true;
      else if (x === "**") row[j] = below[j] === true || (y !== undefined && row[j + 1] === true);
      else if (y === "**") row[j] = row[j + 1] === true || (x !== undefined && below[j] === true);
      else row[j] = x !== undefined && y !== undefined && below[j + 1] === true && segmentMeets(x, y);
    }
    below = row;
  }
  return below[0] === true;
}

function segmentMeets(a: string, b: string): boolean {
  if (!isPattern(a)) return isPattern(b) ? fits(b, a) : a === b;
  if (!isPattern(b)) return fits(a, b);
  const [startA = "", endA = ""] = fixedEnds(a);
  const [startB = "", endB = ""] = fixedEnds(b);
  return (startA.startsWith(startB) || startB.startsWith(startA)) && (endA.endsWith(endB) || endB.endsWith(endA));
}

function isPattern(segment: string): boolean {
  return /[*?[\]]/u.test(segment);
}

function fixedEnds(pattern: string): readonly string[] {
  return [/^[^*?[\]]*/u.exec(pattern)?.[0] ?? "", /[^*?[\]]*$/u.exec(pattern)?.[0] ?? ""];
}

/** Whether one segment's pattern fits a name; goes back to the last star only, so it costs at most their product. */
function fits(pattern: string, name: string): boolean {
  const parts = pattern.match(/\*+|\?|\[[^\]]*\]|[^]/gu) ?? [];
  const letters = Array.from(name);
  let p = 0;
  let star = -1;
  let from = 0;
  for (let i = 0; i < letters.length;) {
    const part = parts[p];
    if (part?.startsWith("*")) {
      star = p;
      from = i;
      p += 1;
    } else if (part !== undefined && letterFits(part, letters[i] ?? "")) {
      p += 1;
      i += 1;
    } else if (star >= 0) {
      from += 1;
      i = from;
      p = star + 1;
    } else return false;
  }
  return parts.slice(p).every((part) => part.startsWith("*"));
}

function letterFits(part: string, letter: string): boolean {
  // Of a class only that it is one letter: to say overlap once too often costs a glance.
  return part === "?" || part === letter || (part.length > 1 && part.startsWith("["));
}
