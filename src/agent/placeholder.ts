/**
 * A line of `newText` that stands for code somebody left out ("// ... rest of the code ..."), where `oldText` has no such
 * line; undefined where there is none. Only whole lines with dots count: prose and spread arguments are no placeholders.
 */
export function newPlaceholder(oldText: string, newText: string): string | undefined {
  return newText
    .split("\n")
    .map((line) => line.trim())
    .find((line) => isPlaceholder(line) && !oldText.includes(line));
}

function isPlaceholder(line: string): boolean {
  // Cheap enough for a line of a megabyte, which is none.
  if (line.length > MAX_CHARS) return false;
  const bare = line.replace(OPENING, "").replace(CLOSING, "");
  const before = DOTS_BEFORE.test(bare);
  const after = DOTS_AFTER.test(bare);
  // Outside a comment, dots on one side may be anything.
  const dotted = bare === line ? before && after : before || after;
  return dotted && LEFT_OUT.test(bare.replace(DOTS_BEFORE, "").replace(DOTS_AFTER, ""));
}

const MAX_CHARS = 120;
const OPENING = /^(?:\{?\/\*+|\/\/+|#+|--|<!--|;+|%+|\()\s*/u;
const CLOSING = /\s*(?:\*\/\}?|-->|\))$/u;
const DOTS_BEFORE = /^(?:\.\.\.|\u2026)\s*/u;
const DOTS_AFTER = /\s*(?:\.\.\.|\u2026)$/u;
const LEFT_OUT =
  /^(?:the )?(?:rest of|remaining|existing|unchanged|other) (?:the )?(?:code|methods?|functions?|file|content|lines|implementation|logic|imports)(?: (?:unchanged|here|stays?|as before|the same))*$/iu;
