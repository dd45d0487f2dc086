import { canWrite, toRole } from "../role";
import type { Subtask } from "./plan";

/** How many of these can work at the same time by the files they name: no two of them name the same one. */
export function mostAtOnce(subtasks: readonly Claimant[]): number {
  const taken = new Set<string>();
  // Whoever names least is in the fewest ways.
  const claims = subtasks.map(concreteFiles).toSorted((a, b) => a.length - b.length);
  return claims.filter((files) => {
    if (files.some((file) => taken.has(file))) return false;
    for (const file of files) taken.add(file);
    return true;
  }).length;
}

/** What of a subtask says which files are its own while it works. */
type Claimant = Pick<Subtask, "agent" | "files">;

const claims = new WeakMap<Claimant, readonly string[]>();

/**
 * The entries of `files` that name one file, each spelt as `spelt` has it: overlapping patterns are a warning, identical files a
 * conflict for sure. Whoever only reads is in nobody's way.
 */
export function concreteFiles(subtask: Claimant): readonly string[] {
  const known = claims.get(subtask);
  if (known !== undefined) return known;
  const role = toRole(subtask.agent);
  const reads = role !== undefined && !canWrite(role);
  const files = reads ? [] : subtask.files.map(spelt).filter((file) => !standsForMany(file));
  claims.set(subtask, files);
  return files;
}

/** A path or pattern of a plan without `./` before it and without doubled slashes, so that one file has one name. */
export function spelt(file: string): string {
  return file.replace(/^(?:\.?\/)+/u, "").replace(/\/{2,}/gu, "/");
}

/** Whether an entry of `files` stands for more paths than one. */
export function standsForMany(file: string): boolean {
  return /[*?[\]{}]/u.test(file);
}
