import { readImage } from "../../core/image";
import type { FileDiff } from "../../core/review/diff";
import { parseDiff } from "../../core/review/hunks";
import { changedFiles, copiesIn, pathsDiffText, rawChanges, wholeDiffText } from "../../git/diff";
import type { Repository } from "../../git/repository";
import { readBlobs, readSizes, readTexts, type TextPlace } from "../../git/texts";

/** Diffs that are kept, and the most lines of those beside the last. */
const MAX_KEPT = 8;
const MAX_KEPT_LINES = 400_000;

type Kept = Map<string, Promise<readonly FileDiff[]>>;

/** Diffs that are at hand by now. */
const read = new WeakMap<Promise<readonly FileDiff[]>, readonly FileDiff[]>();

const byRepository = new WeakMap<Repository, Kept>();

/**
 * What a result changed, as a review shows it and an accept counts it. Two commits never differ otherwise than they do, so the
 * last few diffs are kept: the panel asks for their lines as they come into view. Throws `git.failed`.
 */
export function resultDiff(repo: Repository, base: string, commit: string): Promise<readonly FileDiff[]> {
  const kept = byRepository.get(repo) ?? new Map();
  byRepository.set(repo, kept);
  const key = `${base} ${commit}`;
  const reading = kept.get(key) ?? readResult(repo, base, commit);
  kept.delete(key);
  kept.set(key, reading);
  reading.then(
    (files: readonly FileDiff[]) => void keep(kept, reading, files),
    () => kept.get(key) === reading && kept.delete(key),
  );
  return reading;
}

/** The same where it is at hand; undefined where it would have to be waited for. */
export function knownDiff(repo: Repository, { base, commit }: ResultPlace): readonly FileDiff[] | undefined {
  const reading = byRepository.get(repo)?.get(`${base} ${commit}`);
  return reading === undefined ? undefined : read.get(reading);
}

/** Binary files whose sizes are looked up. */
const MAX_SIZED = 1_000;

/** The same, made anew. What is larger than `maxBytes` comes without lines: each file then goes as a whole. */
export async function readResult(
  repo: Repository,
  base: string,
  commit: string,
  maxBytes?: number,
): Promise<readonly FileDiff[]> {
  const text = await wholeDiffText(repo, base, commit, maxBytes);
  const place = { base, commit };
  const files = text === undefined ? await withoutLines(repo, base, commit) : parseDiff(text);
  return withCopies(repo, place, await withSizes(repo, place, files));
}

/**
 * The diffs of some of its files, exactly as the whole diff has them, without waiting for all of it. Not of renamed ones: what was
 * renamed to what only the whole tells. Throws `git.failed`.
 */
export async function fileDiffs(
  repo: Repository,
  { base, commit }: ResultPlace,
  paths: readonly string[],
): Promise<readonly FileDiff[]> {
  if (paths.length === 0) return [];
  const text = await pathsDiffText(repo, base, commit, paths);
  return text === undefined ? [] : withSizes(repo, { base, commit }, parseDiff(text));
}

/** A result, by the commits it lies between. */
export interface ResultPlace {
  readonly base: string;
  readonly commit: string;
}

/** What was copied from what is looked for only where something is new and not empty. */
async function withCopies(
  repo: Repository,
  { base, commit }: ResultPlace,
  files: readonly FileDiff[],
): Promise<readonly FileDiff[]> {
  if (!files.some((file) => file.status === "added" && (file.binary || file.hunks.length > 0))) return files;
  const copies = await copiesIn(repo, base, commit);
  return files.map((file) => {
    const copiedFrom = file.status === "added" ? copies.get(file.path) : undefined;
    return copiedFrom === undefined ? file : { ...file, copiedFrom };
  });
}

async function withSizes(
  repo: Repository,
  { base, commit }: ResultPlace,
  files: readonly FileDiff[],
): Promise<readonly FileDiff[]> {
  const binary = files.filter((file) => file.binary).slice(0, MAX_SIZED);
  if (binary.length === 0) return files;
  const sizes = await readSizes(repo, binary.flatMap(placesOf(base, commit)));
  const known = new Map(
    binary.map((file, i) => [file, { base: sizes[2 * i] ?? null, result: sizes[2 * i + 1] ?? null }]),
  );
  return files.map((file) => {
    const bytes = known.get(file);
    return bytes === undefined ? file : { ...file, bytes };
  });
}

async function withoutLines(repo: Repository, base: string, commit: string): Promise<readonly FileDiff[]> {
  const [changes, raw] = await Promise.all([changedFiles(repo, base, commit), rawChanges(repo, base, commit)]);
  const entries = new Map(raw.map((change) => [change.path, change]));
  return changes.map(({ path, from, status }) => {
    const entry = entries.get(path);
    return {
      path,
      ...(from === undefined ? {} : { from }),
      status,
      ...(entry === undefined || status === "added" ? {} : { oldMode: entry.oldMode }),
      ...(entry === undefined || status === "deleted" ? {} : { newMode: entry.newMode }),
      ...(entry === undefined ? {} : { blob: entry.newBlob }),
      binary: true,
      hunks: [],
    };
  });
}

function placesOf(base: string, commit: string): (file: FileDiff) => readonly TextPlace[] {
  return (file) => [
    { commit: base, path: file.from ?? file.path },
    { commit, path: file.path },
  ];
}

/** The largest image that is shown, in bytes, and the most pixels it may have: what is packed small can be huge. */
const MAX_SHOWN_BYTES = 2_000_000;
const MAX_PIXELS = 20_000_000;

/** A changed image on both sides, as `data:` addresses; null where there is none, or none that is safe to show. Throws `git.failed`. */
export async function resultImages(
  repo: Repository,
  { base, commit }: { readonly base: string; readonly commit: string },
  path: string,
): Promise<{ readonly base: string | null; readonly result: string | null }> {
  const file = (await resultDiff(repo, base, commit)).find((each) => each.path === path);
  if (file === undefined || !file.binary) return { base: null, result: null };
  const [before = null, after = null] = await readBlobs(repo, placesOf(base, commit)(file), MAX_SHOWN_BYTES);
  return { base: imageAddress(before), result: imageAddress(after) };
}

/** What an image is, its content says and not its name. */
function imageAddress(bytes: Buffer | null): string | null {
  const facts = bytes === null ? undefined : readImage(bytes);
  if (bytes === null || facts === undefined || facts.width * facts.height > MAX_PIXELS) return null;
  return `data:${facts.type};base64,${bytes.toString("base64")}`;
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
  const texts = await readTexts(repo, files.flatMap(placesOf(base, commit)), MAX_TEXT_BYTES);
  const found = new Map(
    files.map((file, i) => [file.path, { base: texts[2 * i] ?? null, result: texts[2 * i + 1] ?? null }]),
  );
  return paths.map((path) => found.get(path) ?? { base: null, result: null });
}

function keep(kept: Kept, reading: Promise<readonly FileDiff[]>, files: readonly FileDiff[]): Promise<void> {
  read.set(reading, files);
  return forget(kept);
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
