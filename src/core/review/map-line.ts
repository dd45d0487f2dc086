/**
 * Where a line of `before` stands in `after`, counted from 1; undefined where it was changed or taken out, or nobody can
 * tell. Texts that are the same but for one stretch are told exactly; inside that stretch a line counts as the same only
 * where its words stand once before and once after, or once with both of its neighbours.
 */
export function mapLine(before: readonly string[], after: readonly string[], line: number): number | undefined {
  if (line < 1 || line > before.length) return undefined;
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  if (line <= head) return line;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  if (line > before.length - tail) return line + after.length - before.length;
  const index = line - 1;
  if ((before[index] ?? "").trim() === "") return undefined;
  return single([0], index) ?? single([-1, 0, 1], index);

  /** The one place in the stretch that reads like the lines around `at`. */
  function single(around: readonly number[], at: number): number | undefined {
    const words = (lines: readonly string[], i: number) => around.map((step) => lines[i + step] ?? "\n").join("\n");
    const wanted = words(before, at);
    const places = (lines: readonly string[]) => {
      const found: number[] = [];
      for (let i = head; i < lines.length - tail && found.length < 2; i += 1)
        if (words(lines, i) === wanted) found.push(i);
      return found;
    };
    const [there, twice] = places(after);
    return places(before).length === 1 && twice === undefined && there !== undefined ? there + 1 : undefined;
  }
}

/** The lines of a text, whatever ends them. */
export function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/u);
}
