import { Parser, type CST } from "yaml";

/** Levels in a file we read; a plan has five. */
const MAX_LEVELS = 100;

/**
 * Where text nests deeper than any file of ours, or undefined. The library descends by recursion, and a few thousand brackets
 * end the process where the stack ends (a regular expression compiled there is a fatal error, which nothing catches); its first
 * pass does not recurse.
 */
export function tooDeepAt(text: string): number | undefined {
  const open: { readonly token: CST.Token; readonly level: number }[] = [];
  for (const token of new Parser().parse(text)) open.push({ token, level: 0 });
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, level } = next;
    if (level > MAX_LEVELS) return "offset" in token ? token.offset : 0;
    for (const inner of insideOf(token)) open.push({ token: inner, level: level + 1 });
  }
  return undefined;
}

function insideOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === "document") return token.value === undefined ? [] : [token.value];
  if (!("items" in token)) return [];
  return token.items.flatMap(({ key, value }) => [key ?? [], value ?? []].flat());
}
