import { CST, Lexer } from "yaml";

/** Levels in a file we read; a plan has six. */
export const MAX_LEVELS = 100;

/**
 * Where text nests deeper than any file of ours, or undefined. The library descends by recursion, and a few thousand brackets
 * end the process where the stack ends (a regular expression compiled there is a fatal error, which nothing catches); its
 * parser takes seconds for a hundred thousand, with each key in an editor. So this counts words, in one pass, and stops early.
 */
export function tooDeepAt(text: string): number | undefined {
  let offset = 0;
  let brackets = 0;
  let onThisLine = 0;
  let atLineStart = true;
  const indents: number[] = [];
  for (const token of new Lexer().lex(text)) {
    // Marks of the lexer's own, which stand for no text.
    if (token === CST.DOCUMENT || token === CST.SCALAR || token === CST.FLOW_END) continue;
    const type = CST.tokenType(token);
    if (type === "flow-seq-start" || type === "flow-map-start") brackets += 1;
    if (type === "flow-seq-end" || type === "flow-map-end") brackets -= 1;
    if (type === "seq-item-ind" || type === "explicit-key-ind") onThisLine += 1;
    if (type === "newline") onThisLine = 0;
    else if (atLineStart) {
      const indent = type === "space" ? token.length : 0;
      while ((indents.at(-1) ?? -1) >= indent) indents.pop();
      indents.push(indent);
    }
    atLineStart = type === "newline";
    if (brackets + onThisLine + indents.length > MAX_LEVELS) return offset;
    offset += token.length;
  }
  return undefined;
}
