import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  stringify,
  visit,
  type Document,
  type Node,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { endOfBlock, endOfLine, indentOf, startOfLine } from "./plan-lines";

/** Text that takes the place of what stands between two offsets. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A plan file's text, and where in it the parser found what. */
export interface ParsedText {
  readonly text: string;
  readonly document: Document.Parsed;
}

/** Splices that only make sense together; undefined where the text is written in a way they cannot follow. */
export type Change = readonly Splice[] | undefined;

/** A value as YAML on one line, right wherever a value may stand; as JSON in a file that is JSON. */
export function valueText({ text }: ParsedText, value: unknown): string {
  if (isJson(text)) return JSON.stringify(value);
  return stringify([value], { collectionStyle: "flow", lineWidth: 0, flowCollectionPadding: false })
    .trim()
    .slice(1, -1);
}

/** Whether a file is written as JSON is. */
export function isJson(text: string): boolean {
  return /^\uFEFF?\s*\{\s*"/u.test(text);
}

/** How the lines of a text end. */
export function lineEndOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/** Puts a value in the place of the one a key has. */
export function replaceValue(parsed: ParsedText, map: YAMLMap, key: string, value: string): Change {
  const node = pairOf(map, key)?.value;
  if (!isAlias(node) && !isScalar(node) && !isCollection(node)) return undefined;
  if (node.range === null || node.range === undefined) return undefined;
  const [from, to] = node.range;
  const isBlock = isCollection(node) && node.flow !== true;
  const handed = handOn(parsed, from, to, node);
  const before = isBlock ? afterColon(map, key) : anchorStart(parsed, node);
  if (handed === undefined || before === undefined) return undefined;
  // A block ends with its last line, what replaces it on the line of its key.
  const lineEnd = /\r?\n$/u.exec(parsed.text.slice(from, to))?.[0] ?? "";
  return [{ from: before, to, text: `${isBlock ? " " : ""}${value}${lineEnd}` }, ...handed];
}

/** Writes a key that is not there yet behind the last of `after` that stands on one line. */
export function insertPair(
  { text }: ParsedText,
  map: YAMLMap,
  { key, value, after }: { readonly key: string; readonly value: string; readonly after: readonly string[] },
): Change {
  const behind = after
    .map((name) => ({ start: pairOf(map, name)?.key, end: pairOf(map, name)?.value }))
    .findLast(({ start, end }) => isOnOneLine(text, start, end));
  const [start] = rangeOf(behind?.start) ?? [];
  const [, end] = rangeOf(behind?.end) ?? [];
  if (start === undefined || end === undefined) return undefined;
  if (map.flow === true) {
    const first = rangeOf(map.items[0]?.key)?.[0] ?? start;
    const space = /[{,](\s*)$/u.exec(text.slice(0, first))?.[1] ?? "";
    const name = isJson(text) ? JSON.stringify(key) : key;
    return [{ from: end, to: end, text: `,${space === "" ? " " : space}${name}: ${value}` }];
  }
  const at = endOfLine(text, end - 1);
  const indent = " ".repeat(start - startOfLine(text, start));
  return [{ from: at, to: at, text: `${lineEndOf(text)}${indent}${key}: ${value}` }];
}

/** Takes a key and its value out. */
export function removePair(parsed: ParsedText, map: YAMLMap, key: string): Change {
  const { text } = parsed;
  const at = map.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === key);
  const pair = map.items[at];
  const [start] = rangeOf(pair?.key) ?? [];
  const [, end] = rangeOf(pair?.value) ?? [];
  if (start === undefined || end === undefined) return undefined;
  if (map.flow === true) {
    const ranges = map.items.map((p) => ({ from: rangeOf(p.key)?.[0] ?? 0, to: rangeOf(p.value)?.[1] ?? 0 }));
    return together(removeInFlow(ranges, at), handOn(parsed, start, end));
  }
  const line = startOfLine(text, start);
  if (text.slice(line, start).trim() !== "") {
    const next = rangeOf(map.items[at + 1]?.key)?.[0];
    return next === undefined
      ? undefined
      : together([{ from: start, to: next, text: "" }], handOn(parsed, start, next));
  }
  const last = endOfBlock(text, start, { indent: start - line, ownDashes: true });
  return together([wholeLines(text, line, last)], handOn(parsed, line, last));
}

/** Brings a list of ids to what is wanted, one step nearer: what stays keeps its place, its quotes and its comments. */
export function adjustList(parsed: ParsedText, map: YAMLMap, key: string, wanted: readonly string[]): Change {
  const list = pairOf(map, key)?.value;
  if (wanted.length === 0) return removePair(parsed, map, key);
  const whole = () => replaceValue(parsed, map, key, valueText(parsed, wanted));
  if (!isSeq(list) || list.anchor !== undefined || !list.items.every((item) => isScalar(item))) return whole();
  const ids = list.items.map((item) => String(item.value));
  if (ids.length === wanted.length) {
    const changes = list.items.map((item, i) =>
      ids[i] === wanted[i] ? [] : replaceNode(parsed, item, valueText(parsed, wanted[i])),
    );
    return changes.includes(undefined) ? whole() : changes.flatMap((change) => change ?? []);
  }
  const gone = ids.findIndex((id) => !wanted.includes(id));
  if (gone !== -1) return ids.length === 1 ? whole() : removeItem(parsed, list, gone);
  const next = wanted[ids.length];
  return next !== undefined && ids.every((id, i) => id === wanted[i])
    ? appendItem(parsed, list, valueText(parsed, next))
    : whole();
}

/** Puts something in the place of a node that stands on its own. */
export function replaceNode(parsed: ParsedText, node: Node, value: string): Change {
  const range = rangeOf(node);
  if (range === undefined) return undefined;
  return together([{ from: anchorStart(parsed, node), to: range[1], text: value }], handOn(parsed, ...range, node));
}

/** Where the dash of an item stands; undefined in a flow. */
export function dashOf(list: YAMLSeq, at: number): number | undefined {
  const token = list.srcToken?.type === "block-seq" ? list.srcToken.items[at] : undefined;
  return token?.start.find((t) => t.type === "seq-item-ind")?.offset;
}

/** From the first to the last character of each item of a flow. */
export function flowRanges(
  parsed: ParsedText,
  list: YAMLSeq,
): readonly { readonly from: number; readonly to: number }[] {
  return list.items.flatMap((item) => {
    const range = rangeOf(item);
    return range === undefined ? [] : [{ from: anchorStart(parsed, item), to: range[1] }];
  });
}

/** Takes one part of a flow out, with the comma that would be left over. */
export function removeInFlow(ranges: readonly { readonly from: number; readonly to: number }[], at: number): Change {
  const [before, here, after] = [ranges[at - 1], ranges[at], ranges[at + 1]];
  if (here === undefined) return undefined;
  if (after !== undefined) return [{ from: here.from, to: after.from, text: "" }];
  return [{ from: before?.to ?? here.from, to: here.to, text: "" }];
}

/**
 * What is called by an anchor there and used elsewhere is written where it is used first, so that nobody loses it.
 * Undefined where it takes more than a line.
 */
export function handOn(parsed: ParsedText, from: number, to: number, only?: unknown): Change {
  const { text, document } = parsed;
  const splices: Splice[] = [];
  // Most plans name nothing, and a change of a thousand lines asks a thousand times.
  if (!text.includes("&")) return splices;
  let possible = true;
  visit(document, (_, node) => {
    if (!isScalar(node) && !isCollection(node)) return;
    const range = rangeOf(node);
    if (node.anchor === undefined || range === undefined) return;
    const inside =
      only === undefined ? range[0] >= from && range[0] < to : node === only || (range[0] >= from && range[1] <= to);
    if (!inside) return;
    const alias = firstAlias(document, node.anchor, from, to);
    if (alias === undefined) return;
    const source = text.slice(...range);
    if (source.includes("\n")) possible = false;
    else splices.push({ ...alias, text: `&${node.anchor} ${source}` });
  });
  return possible ? splices : undefined;
}

function firstAlias(
  document: Document,
  name: string,
  from: number,
  to: number,
): { readonly from: number; readonly to: number } | undefined {
  let found: { readonly from: number; readonly to: number } | undefined;
  visit(document, {
    Alias(_, node) {
      const range = rangeOf(node);
      if (node.source !== name || range === undefined || (range[0] >= from && range[0] < to)) return undefined;
      found = { from: range[0], to: range[1] };
      return visit.BREAK;
    },
  });
  return found;
}

function removeItem(parsed: ParsedText, list: YAMLSeq, at: number): Change {
  if (list.flow === true) return removeInFlow(flowRanges(parsed, list), at);
  const dash = dashOf(list, at);
  if (dash === undefined) return undefined;
  const line = startOfLine(parsed.text, dash);
  // A list within a list on one line is no list of ids.
  if (parsed.text.slice(line, dash).trim() !== "") return undefined;
  return [wholeLines(parsed.text, line, endOfBlock(parsed.text, dash, { indent: dash - line, ownDashes: false }))];
}

function appendItem({ text }: ParsedText, list: YAMLSeq, value: string): Change {
  const last = rangeOf(list.items.at(-1));
  if (last === undefined) return undefined;
  if (list.flow === true) return [{ from: last[1], to: last[1], text: `, ${value}` }];
  const dash = dashOf(list, list.items.length - 1);
  if (dash === undefined) return undefined;
  const at = endOfLine(text, last[1] - 1);
  return [{ from: at, to: at, text: `${lineEndOf(text)}${indentOf(text, dash)}- ${value}` }];
}

/** Takes lines out with the break of the last one; at the end of a text, with the break before the first. */
export function wholeLines(text: string, from: number, to: number): Splice {
  const next = text.indexOf("\n", to);
  if (next !== -1 || from === 0) return { from, to: next === -1 ? text.length : next + 1, text: "" };
  return { from: endOfLine(text, from - 1), to: text.length, text: "" };
}

/** The node's range without what follows it, in the text. */
export function rangeOf(node: unknown): readonly [number, number] | undefined {
  if (!isScalar(node) && !isAlias(node) && !isCollection(node)) return undefined;
  return node.range ? [node.range[0], node.range[1]] : undefined;
}

/** A key of a mapping with its value. */
export function pairOf(map: YAMLMap, key: string) {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** A mapping's value under a key, as a mapping. */
export function isMapping(node: unknown): node is YAMLMap {
  return isMap(node);
}

function anchorStart({ text }: ParsedText, node: unknown): number {
  const [start] = rangeOf(node) ?? [0];
  const anchor = isScalar(node) || isCollection(node) ? node.anchor : undefined;
  return anchor === undefined ? start : text.lastIndexOf(`&${anchor}`, start);
}

function afterColon(map: YAMLMap, key: string): number | undefined {
  const token = pairOf(map, key)?.srcToken;
  const colon = token?.sep?.find((t) => t.type === "map-value-ind");
  return colon === undefined ? undefined : colon.offset + 1;
}

function isOnOneLine(text: string, key: unknown, value: unknown): boolean {
  const [start] = rangeOf(key) ?? [];
  const [, end] = rangeOf(value) ?? [];
  return start !== undefined && end !== undefined && !text.slice(start, end).includes("\n");
}

function together(...changes: readonly Change[]): Change {
  return changes.includes(undefined) ? undefined : changes.flatMap((change) => change ?? []);
}
