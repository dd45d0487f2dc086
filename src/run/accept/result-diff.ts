import type { FileDiff } from "../../core/review/diff";
import { parseDiff } from "../../core/review/hunks";
import { diffText } from "../../git/diff";
import type { Repository } from "../../git/repository";
import { readTexts } from "../../git/texts";

/** Diffs that are kept, and the most lines of those beside the last. */
const MAX_KEPT = 8;
const MAX_KEPT_LINES = 400_000;

type Kept = Map<string, Promise<readonly FileDiff[]>>;

const byRepository = new WeakMap<Repository, Kept>();

/**
 * What a result changed, as a review shows it and an accept counts it. Two commits never differ otherwise than they do, so the
 * last few diffs are kept: the panel asks for their lines as they come into view. Throws `git.failed`.
 */
export function resultDiff(repo: Repository, base: string, commit: string): Promise<readonly FileDiff[]> {
  const kept = byRepository.get(repo) ?? new Map();
  byRepository.set(repo, kept);
  const key = `${base} ${commit}`;
  const reading = kept.get(key) ?? diffText(repo, base, commit).then(parseDiff);
  kept.delete(key);
  kept.set(key, reading);
  reading.then(
    () => void forget(kept),
    () => kept.get(key) === reading && kept.delete(key),
  );
  return reading;
}

/** The largest file whose text is read to colour it by, in bytes. */
const MAX_TEXT_BYTES = 400_000;

/** Changed files as they were and as they are, in the order of the paths; null for what is not among the changes. Throws `git.failed`. */
export async function resultTexts(
  repo: Repository,
  { base, commit }: { readonly base: string; readonly commit: string },
  paths: readonly string[],
): Promise<readonly { readonly base: string | null; readonly result: string | null }[]> {
  const changed = new Map((await resultDiff(repo, base, commit)).map((file) => [file.path, file]));
  const files = paths.flatMap((path) => changed.get(path) ?? []);
  const places = files.flatMap((file) => [
    { commit: base, path: file.from ?? file.path },
    { commit, path: file.path },
  ]);
  const texts = await readTexts(repo, places, MAX_TEXT_BYTES);
  const found = new Map(
    files.map((file, i) => [file.path, { base: texts[2 * i] ?? null, result: texts[2 * i + 1] ?? null }]),
  );
  return paths.map((path) => found.get(path) ?? { base: null, result: null });
}

/** Lets go of the oldest until what is left is few and small. The last stays, however large. */
async function forget(kept: Kept): Promise<void> {
  let lines = 0;
  const newest = [...kept].toReversed();
  for (const [i, [key, reading]] of newest.entries()) {
    const files = await reading.catch(() => []);
    lines += files.reduce((sum, file) => sum + file.hunks.reduce((n, hunk) => n + hunk.lines.length, 0), 0);
    if (i > 0 && (i >= MAX_KEPT || lines > MAX_KEPT_LINES) && kept.get(key) === reading) kept.delete(key);
  }
}
