/** Where the line of a character begins. */
export function startOfLine(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

/** Where the line of a character ends: before its line break. */
export function endOfLine(text: string, offset: number): number {
  const next = text.indexOf("\n", offset);
  if (next === -1) return text.length;
  return text[next - 1] === "\r" ? next - 1 : next;
}

/** Where the next line begins; undefined on the last one. */
export function nextLine(text: string, offset: number): number | undefined {
  const end = text.indexOf("\n", offset);
  return end === -1 || end + 1 >= text.length ? undefined : end + 1;
}

/** The spaces a character's line begins with. */
export function indentOf(text: string, offset: number): string {
  return /^ */u.exec(text.slice(startOfLine(text, offset), endOfLine(text, offset)))?.[0] ?? "";
}

/**
 * Where a block ends that begins with a character's line: it goes on with the lines that are indented deeper than `indent`, and
 * with `ownDashes` with the items of a list indented as much. Blank lines at its end are not part of it.
 */
export function endOfBlock(
  text: string,
  offset: number,
  { indent, ownDashes }: { readonly indent: number; readonly ownDashes: boolean },
): number {
  let end = endOfLine(text, offset);
  for (let line = nextLine(text, offset); line !== undefined; line = nextLine(text, line)) {
    const stop = endOfLine(text, line);
    const words = text.slice(line, stop).trimStart();
    if (words === "") continue;
    const depth = stop - line - words.length;
    if (depth < indent || (depth === indent && !(ownDashes && /^-(?:\s|$)/u.test(words)))) break;
    end = stop;
  }
  return end;
}

/** The one run of lines in which two texts differ: what stands there in `before`, and what `after` has in its place. */
export function changedLines(
  before: string,
  after: string,
): { readonly from: number; readonly to: number; readonly text: string } {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from += 1;
  from = startOfLine(before, from);
  let same = 0;
  while (same < shorter - from && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  // Whole lines only: neither a line break nor a character of two halves is taken apart.
  if (same < before.length) {
    const next = before.indexOf("\n", before.length - same - 1);
    same = next === -1 ? 0 : before.length - next - 1;
  }
  return { from, to: before.length - same, text: after.slice(from, after.length - same) };
}
