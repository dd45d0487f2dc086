import { CST, Lexer } from "yaml";

/** A plan nests six levels deep; what nests deeper than this is none. */
export const MAX_YAML_DEPTH = 64;

/**
 * Where a YAML text nests deeper than {@link MAX_YAML_DEPTH}; undefined where it does not. Looks at words only, in one
 * pass: the parser takes seconds for a hundred thousand brackets, and for as many dashes on one line its process.
 */
export function tooDeepAt(text: string): number | undefined {
  let offset = 0;
  let brackets = 0;
  let onThisLine = 0;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    if (type === "flow-seq-start" || type === "flow-map-start") brackets += 1;
    if (type === "flow-seq-end" || type === "flow-map-end") brackets -= 1;
    if (type === "seq-item-ind" || type === "explicit-key-ind") onThisLine += 1;
    if (type === "newline") onThisLine = 0;
    if (brackets + onThisLine > MAX_YAML_DEPTH) return offset;
    // Marks of the lexer's own, which stand for no text.
    if (token !== CST.DOCUMENT && token !== CST.SCALAR && token !== CST.FLOW_END) offset += token.length;
  }
  return undefined;
}
