import { filesOverlap } from "../gate/overlap";
import type { Plan } from "./plan";
import { PATTERNS, type PatternName } from "./patterns";

/** Files one worker changes with care in one go; more only where there would be too many groups. */
export const GROUP_FILES = 8;
/** Most groups: with what comes before and after them, a plan the planner may hand in. */
export const MAX_GROUPS = 40;
/** Most files spread over one plan. */
export const MAX_SPREAD_FILES = 800;

/**
 * Splits files into groups for workers: every file in exactly one, neighbours in the tree together, a test with the
 * one file it is named after. The same files give the same groups, whatever their order.
 */
export function groupFiles(files: readonly string[]): readonly (readonly string[])[] {
  const units = unitsOf([...new Set(files)].toSorted(byPath));
  const size = Math.max(GROUP_FILES, Math.ceil(files.length / MAX_GROUPS));
  const groups: string[][] = [];
  for (const unit of units) {
    const last = groups.at(-1);
    const fits = last !== undefined && last.length + unit.length <= size && !startsAnew(last, unit, size);
    if (fits) last.push(...unit);
    else groups.push([...unit]);
  }
  return groups.length <= MAX_GROUPS ? groups : chunks(groups.flat(), Math.ceil(files.length / MAX_GROUPS));
}

/** A plan whose one subtask for many files is one subtask per group of them, or why there are no groups. */
export function spreadFiles(
  plan: Plan,
  name: PatternName,
  existing: readonly string[],
): { readonly plan: Plan; readonly problems: readonly string[] } {
  const slot = PATTERNS[name].slots.find((s) => s.spread);
  const wide = plan.subtasks.find((s) => s.id === slot?.id);
  if (wide === undefined) return { plan, problems: [] };
  const { files, unmatched } = expand(wide.files, existing);
  if (unmatched.length > 0)
    return { plan, problems: [`"${wide.id}": no file fits ${unmatched.slice(0, 5).join(", ")}.`] };
  if (files.length > MAX_SPREAD_FILES)
    return { plan, problems: [`"${wide.id}": ${files.length} files are too many; at most ${MAX_SPREAD_FILES}.`] };
  const groups = groupFiles(files);
  if (groups.length < 2) return { plan: withSubtask(plan, wide.id, [{ ...wide, files }]), problems: [] };
  return {
    plan: withSubtask(
      plan,
      wide.id,
      groups.map((group, i) => ({ ...wide, id: `${wide.id}-${i + 1}`, files: [...group] })),
    ),
    problems: [],
  };
}

/** Names stand for themselves, whether or not there is such a file yet; patterns for the files that fit. */
function expand(
  entries: readonly string[],
  existing: readonly string[],
): { readonly files: string[]; readonly unmatched: readonly string[] } {
  const files = new Set<string>();
  const unmatched: string[] = [];
  const known = new Set(existing);
  for (const entry of entries) {
    const name = entry.replace(/^(?:\.?\/)+/u, "");
    const fixed = /^[^*?[\]{}]*/u.exec(name)?.[0] ?? "";
    if (fixed !== name || name.endsWith("/")) {
      // The fixed beginning first: the whole comparison is dear, and a repository may have very many files.
      const found = existing.filter((file) => file.startsWith(fixed) && filesOverlap(name, file));
      if (found.length === 0) unmatched.push(entry);
      for (const file of found) files.add(file);
      continue;
    }
    // A folder by its bare name is what is in it.
    const below = known.has(name) ? [] : existing.filter((file) => file.startsWith(`${name}/`));
    for (const file of below.length === 0 ? [name] : below) files.add(file);
  }
  return { files: [...files].toSorted(byPath), unmatched };
}

function withSubtask(plan: Plan, id: string, by: Plan["subtasks"]): Plan {
  const ids = by.map((s) => s.id);
  return {
    ...plan,
    subtasks: plan.subtasks.flatMap((s) =>
      s.id === id ? by : [{ ...s, dependencies: s.dependencies.flatMap((other) => (other === id ? ids : [other])) }],
    ),
  };
}

/** A test stands with the one file of its name; what has no such file stands alone. In the order of the paths. */
function unitsOf(files: readonly string[]): readonly (readonly string[])[] {
  const sources = new Map<string, string[]>();
  for (const file of files) if (!isTest(file)) sources.set(stemOf(file), [...(sources.get(stemOf(file)) ?? []), file]);
  const units = new Map<string, string[]>(files.filter((file) => !isTest(file)).map((file) => [file, [file]]));
  for (const file of files) {
    if (!isTest(file)) continue;
    const [source, ...more] = sources.get(stemOf(file)) ?? [];
    if (source !== undefined && more.length === 0) units.get(source)?.push(file);
    else units.set(file, [file]);
  }
  return [...units.values()].toSorted((a, b) => byPath(a[0] ?? "", b[0] ?? ""));
}

const TEST_WORD = /(?:^|[._-])(?:test|tests|spec)(?=[._-]|$)/giu;

function isTest(file: string): boolean {
  return baseOf(file).search(TEST_WORD) >= 0;
}

function stemOf(file: string): string {
  const [, stem = ""] =
    /^(.[^.]*)/u.exec(
      baseOf(file)
        .replace(TEST_WORD, "")
        .replace(/^[._-]/u, ""),
    ) ?? [];
  return stem;
}

function baseOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}

/** A new folder begins a group once the one before it is at least half full. */
function startsAnew(group: readonly string[], unit: readonly string[], size: number): boolean {
  return group.length * 2 >= size && folderOf(group[0] ?? "") !== folderOf(unit[0] ?? "");
}

function chunks(files: readonly string[], size: number): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(files.length / size) }, (_, i) => files.slice(i * size, (i + 1) * size));
}

/** By folder first, and by code unit: no locale decides who changes what. */
function byPath(a: string, b: string): number {
  const key = (file: string) => `${folderOf(file)}\u0000${file}`;
  return key(a) < key(b) ? -1 : Number(key(a) > key(b));
}
