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
