import type { DiffLine } from "./diff";

/** A stretch of a line, `from` and up to `to`, in UTF-16 code units. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Lines longer than this are not compared, in characters. */
const MAX_CHARS = 500;
/** Pairs of tokens compared at most, for one pair of lines. */
const MAX_CELLS = 10_000;
/** Lines that have less than this share in common are other lines, not changed ones; where they were guessed, more. */
const MIN_COMMON = 0.3;
const MIN_COMMON_GUESSED = 0.5;

/**
 * What differs within lines that were changed rather than replaced, by the line's index in the hunk. A run of deleted
 * lines is paired with the added ones behind it, in order; where there are more of one kind, that is a guess.
 */
export function changedStretches(lines: readonly DiffLine[]): ReadonlyMap<number, readonly Stretch[]> {
  const found = new Map<number, readonly Stretch[]>();
  for (let at = 0; at < lines.length;) {
    const deleted = runOf(lines, at, "deleted");
    const added = runOf(lines, at + deleted, "added");
    const least = deleted === added ? MIN_COMMON : MIN_COMMON_GUESSED;
    for (let i = 0; i < Math.min(deleted, added); i += 1) {
      const pair = compareLines(lines[at + i]?.text ?? "", lines[at + deleted + i]?.text ?? "", least);
      if (pair === undefined) continue;
      found.set(at + i, pair.before);
      found.set(at + deleted + i, pair.after);
    }
    at += Math.max(1, deleted + added);
  }
  return found;
}

/** Where two lines differ, token by token; undefined where they are too long or have too little in common. */
export function compareLines(
  before: string,
  after: string,
  least = MIN_COMMON,
): { readonly before: readonly Stretch[]; readonly after: readonly Stretch[] } | undefined {
  if (before.length > MAX_CHARS || after.length > MAX_CHARS) return undefined;
  const [old, now] = [tokensOf(before), tokensOf(after)];
  const kept = commonTokens(old, now);
  const common = kept.reduce((sum, [i]) => sum + (old[i]?.trim().length ?? 0), 0);
  const size = Math.max(before.replaceAll(/\s/gu, "").length, after.replaceAll(/\s/gu, "").length);
  if (size === 0 || common < size * least) return undefined;
  return {
    before: stretchesOf(old, new Set(kept.map(([i]) => i))),
    after: stretchesOf(now, new Set(kept.map(([, j]) => j))),
  };
}

function runOf(lines: readonly DiffLine[], from: number, kind: DiffLine["kind"]): number {
  let count = 0;
  while (lines[from + count]?.kind === kind) count += 1;
  return count;
}

const TOKENS =
  /[\p{L}\p{N}\p{M}_]+|\s+|\p{Extended_Pictographic}(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f)*|./gsu;

/** Words, runs of blanks, whole emoji, and single signs. */
function tokensOf(text: string): readonly string[] {
  return text.match(TOKENS) ?? [];
}

/** Pairs of places that stay, by the longest common subsequence of what common beginning and end leave. */
function commonTokens(old: readonly string[], now: readonly string[]): readonly (readonly [number, number])[] {
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const [rows, columns] = [old.length - start - end, now.length - start - end];
  const pairs: [number, number][] = Array.from({ length: start }, (_, i) => [i, i]);
  for (let i = 0; i < end; i += 1) pairs.push([old.length - end + i, now.length - end + i]);
  // Too much between the two for the time there is: all of it counts as changed.
  if (rows * columns > MAX_CELLS) return pairs;
  const width = columns + 1;
  const best = new Uint16Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i -= 1)
    for (let j = columns - 1; j >= 0; j -= 1)
      best[i * width + j] =
        old[start + i] === now[start + j]
          ? (best[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(best[(i + 1) * width + j] ?? 0, best[i * width + j + 1] ?? 0);
  for (let i = 0, j = 0; i < rows && j < columns;) {
    if (old[start + i] === now[start + j]) {
      pairs.push([start + i, start + j]);
      i += 1;
      j += 1;
    } else if ((best[(i + 1) * width + j] ?? 0) >= (best[i * width + j + 1] ?? 0)) i += 1;
    else j += 1;
  }
  return pairs;
}

/** The tokens that do not stay, neighbours joined. */
function stretchesOf(tokens: readonly string[], kept: ReadonlySet<number>): readonly Stretch[] {
  const found: { from: number; to: number }[] = [];
  let at = 0;
  for (const [i, token] of tokens.entries()) {
    const last = found.at(-1);
    if (!kept.has(i)) {
      if (last?.to === at) last.to += token.length;
      else found.push({ from: at, to: at + token.length });
    }
    at += token.length;
  }
  return found;
}
