import type { YAMLSeq } from "yaml";
import { endOfBlock, endOfLine, startOfLine } from "./plan-lines";
import type { SubtaskFields } from "./plan-edit";
import {
  dashOf,
  flowRanges,
  handOn,
  isJson,
  lineEndOf,
  removeInFlow,
  valueText,
  type Change,
  type ParsedText,
} from "./plan-splices";

/** Takes a subtask out, with the comment that stands directly above it. */
export function removeSubtask(parsed: ParsedText, list: YAMLSeq, at: number): Change {
  const ranges = list.flow === true ? flowRanges(parsed, list) : blocksOf(parsed, list);
  const here = ranges?.[at];
  if (ranges === undefined || here === undefined) return undefined;
  const handed = handOn(parsed, here.from, here.to);
  const removed = list.flow === true ? removeInFlow(ranges, at) : removeBlock(ranges, at);
  return handed === undefined || removed === undefined ? undefined : [...removed, ...handed];
}

/** Puts the subtasks into another order: `order[i]` is the place that what is to stand at `i` has now. Comments go with theirs. */
export function reorderSubtasks(parsed: ParsedText, list: YAMLSeq, order: readonly number[]): Change {
  const ranges = list.flow === true ? flowRanges(parsed, list) : blocksOf(parsed, list);
  if (ranges === undefined || ranges.length !== order.length) return undefined;
  return order.flatMap((from, to) => {
    const [source, place] = [ranges[from], ranges[to]];
    if (from === to || source === undefined || place === undefined) return [];
    return [{ ...place, text: parsed.text.slice(source.from, source.to) }];
  });
}

/** Writes a subtask behind the last one, as the others are written. */
export function appendSubtask(parsed: ParsedText, list: YAMLSeq, fields: SubtaskFields): Change {
  const { text } = parsed;
  const written = Object.entries(fields).filter(([, v]) => v !== undefined && !(Array.isArray(v) && v.length === 0));
  if (list.flow === true) {
    const ranges = flowRanges(parsed, list);
    const [first, last] = [ranges[0], ranges.at(-1)];
    if (first === undefined || last === undefined) return undefined;
    const space = /\[(\s*)$/u.exec(text.slice(0, first.from))?.[1] ?? "";
    const words = written.map(([key, v]) => `${isJson(text) ? JSON.stringify(key) : key}: ${valueText(parsed, v)}`);
    return [{ from: last.to, to: last.to, text: `,${space === "" ? " " : space}{ ${words.join(", ")} }` }];
  }
  const blocks = blocksOf(parsed, list);
  const [last, before, dash] = [blocks?.at(-1), blocks?.at(-2), dashOf(list, 0)];
  if (last === undefined || dash === undefined) return undefined;
  const break_ = lineEndOf(text);
  const indent = " ".repeat(dash - startOfLine(text, dash));
  const lines = written.map(([key, v], i) => `${indent}${i === 0 ? "- " : "  "}${key}: ${valueText(parsed, v)}`);
  const gap = before === undefined ? "" : text.slice(before.to, last.from);
  const isSpaced = gap.split("\n").length > 2 && gap.trim() === "";
  return [{ from: last.to, to: last.to, text: `${break_}${isSpaced ? break_ : ""}${lines.join(break_)}` }];
}

interface Block {
  readonly from: number;
  readonly to: number;
}

/** The lines of each subtask of a list in block style, with the comments directly above; undefined where two share a line. */
function blocksOf({ text }: ParsedText, list: YAMLSeq): readonly Block[] | undefined {
  const blocks: Block[] = [];
  for (const at of list.items.keys()) {
    const dash = dashOf(list, at);
    if (dash === undefined) return undefined;
    const line = startOfLine(text, dash);
    if (text.slice(line, dash).trim() !== "") return undefined;
    const to = endOfBlock(text, dash, { indent: dash - line, ownDashes: false });
    blocks.push({ from: aboveOf(text, line, blocks.at(-1)?.to ?? 0), to });
  }
  return blocks;
}

/** Where the comments begin that stand directly above a line, none of them before `limit`. */
function aboveOf(text: string, line: number, limit: number): number {
  let from = line;
  while (from > 0) {
    const above = startOfLine(text, from - 1);
    if (above < limit || !/^\s*#/u.test(text.slice(above, endOfLine(text, above)))) break;
    from = above;
  }
  return from;
}

/** With the blank lines behind it; of the last one, with those before it. */
function removeBlock(blocks: readonly Block[], at: number): Change {
  const [before, here, after] = [blocks[at - 1], blocks[at], blocks[at + 1]];
  if (here === undefined) return undefined;
  if (after !== undefined) return [{ from: here.from, to: after.from, text: "" }];
  return before === undefined ? undefined : [{ from: before.to, to: here.to, text: "" }];
}
