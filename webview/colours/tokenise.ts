import { StringStream } from "@codemirror/streamparser";
import type { Language } from "./languages";

/** What a stretch of code is, as far as it has a colour. */
export type Colour =
  | "keyword"
  | "string"
  | "comment"
  | "number"
  | "constant"
  | "type"
  | "name"
  | "tag"
  | "property"
  | "meta";

/** A stretch of a line that has a colour, `from` and up to `to`. */
export interface Token {
  readonly from: number;
  readonly to: number;
  readonly colour: Colour;
}

/** A line longer than this has no colours: it is data, as a rule, and no parser of lines was made for it. */
export const MAX_LINE_CHARS = 1_000;

/** A parser that stands still this often is broken. */
const MAX_STANDSTILLS = 10;

/**
 * Reads a text line by line; each step yields one line's tokens, so that whoever asks can stop in between. Where the parser fails
 * the rest has none.
 */
export function* tokensOf(language: Language, text: string): Generator<readonly Token[], void> {
  const state = language.startState?.(2) ?? {};
  let isBroken = false;
  for (const line of text.split("\n")) {
    if (isBroken || line.length > MAX_LINE_CHARS) {
      yield [];
      continue;
    }
    let tokens: readonly Token[] = [];
    try {
      tokens = tokensOfLine(language, state, line);
    } catch {
      isBroken = true;
    }
    yield tokens;
  }
}

function tokensOfLine(language: Language, state: unknown, line: string): readonly Token[] {
  const tokens: Token[] = [];
  if (line === "") {
    language.blankLine?.(state, 2);
    return tokens;
  }
  const stream = new StringStream(line, 4, 2);
  let still = 0;
  while (!stream.eol()) {
    const style: unknown = language.token(stream, state);
    if (stream.pos === stream.start) {
      still += 1;
      if (still > MAX_STANDSTILLS) throw new Error("The parser does not get on.");
      continue;
    }
    still = 0;
    const colour = typeof style === "string" ? colourOf(style) : undefined;
    if (colour !== undefined) tokens.push({ from: stream.start, to: stream.pos, colour });
    stream.start = stream.pos;
  }
  return tokens;
}

/** What the parsers call things, in the words of the two generations there are. */
const COLOURS: Readonly<Record<string, Colour>> = {
  keyword: "keyword",
  modifier: "keyword",
  operatorKeyword: "keyword",
  controlKeyword: "keyword",
  definitionKeyword: "keyword",
  moduleKeyword: "keyword",
  string: "string",
  "string-2": "string",
  character: "string",
  attributeValue: "string",
  regexp: "string",
  url: "string",
  comment: "comment",
  lineComment: "comment",
  blockComment: "comment",
  docComment: "comment",
  number: "number",
  integer: "number",
  float: "number",
  unit: "number",
  color: "number",
  atom: "constant",
  bool: "constant",
  null: "constant",
  self: "constant",
  "variable-2": "constant",
  type: "type",
  typeName: "type",
  className: "type",
  namespace: "type",
  "variable-3": "type",
  def: "name",
  builtin: "name",
  labelName: "name",
  heading: "name",
  tag: "tag",
  tagName: "tag",
  attribute: "property",
  attributeName: "property",
  property: "property",
  propertyName: "property",
  qualifier: "property",
  meta: "meta",
  annotation: "meta",
  processingInstruction: "meta",
  documentMeta: "meta",
};

function colourOf(style: string): Colour | undefined {
  const [first = ""] = style.split(" ");
  const [name = "", ...modifiers] = first.split(".");
  if (name === "variableName" && modifiers.some((m) => m === "definition" || m === "standard" || m === "function"))
    return "name";
  if (name === "variableName" && modifiers.some((m) => m === "special" || m === "constant")) return "constant";
  return Object.hasOwn(COLOURS, name) ? COLOURS[name] : undefined;
}
