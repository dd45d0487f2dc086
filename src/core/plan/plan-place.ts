import { isMap, isPair, isScalar, isSeq, parseDocument, visit, type Document, type Node, type Pair } from "yaml";
import { tooDeepAt } from "./yaml-depth";

/** Where in a plan file something stands. */
export interface PlanPlace {
  readonly path: readonly (string | number)[];
  readonly kind: "key" | "value";
  /** Offsets of the word in the text. */
  readonly from: number;
  readonly to: number;
}

/** Where something is being written, and what stands beside it. */
export interface WritingPlace extends PlanPlace {
  /** Of a key: the other keys of its mapping. Of a value in a list: the other values. */
  readonly siblings: readonly string[];
  /** Whether the key has its colon already. */
  readonly hasColon: boolean;
  /** The ids of all subtasks, and of the one this is in. */
  readonly ids: readonly string[];
  readonly ownId: string | undefined;
}

/** The key or value at an offset, or undefined between them. */
export function placeAt(text: string, offset: number): PlanPlace | undefined {
  const document = parse(text);
  let found: PlanPlace | undefined;
  if (document === undefined) return undefined;
  visit(document, {
    Scalar(_, node, ancestors) {
      const [from, to] = node.range ?? [0, 0];
      if (offset < from || offset > to) return undefined;
      found = { path: pathOf(ancestors, node), kind: isKey(ancestors, node) ? "key" : "value", from, to };
      return visit.BREAK;
    },
  });
  return found;
}

/** What may be written at an offset: a holder is put in the place of the word there, and looked for in what comes of it. */
export function writingPlaceAt(text: string, offset: number): WritingPlace | undefined {
  const from = offset - (/[\w.-]*$/u.exec(text.slice(0, offset))?.[0].length ?? 0);
  const to = offset + (/^[\w.-]*/u.exec(text.slice(offset))?.[0].length ?? 0);
  const rest = /^[^\n]*/u.exec(text.slice(to))?.[0] ?? "";
  const before = /[^\n]*$/u.exec(text.slice(0, from))?.[0] ?? "";
  const hasColon = /^\s*:/u.test(rest);
  // Without its colon a key at the end of a line would swallow the next line.
  const alone = /^\s*(?:-\s+)*$/u.test(before) && rest.trim() === "";
  const document = parse(`${text.slice(0, from)}${HOLDER}${alone ? ":" : ""}${text.slice(to)}`);
  let found: WritingPlace | undefined;
  if (document === undefined) return undefined;
  visit(document, {
    Scalar(_, node, ancestors) {
      if (node.value !== HOLDER) return undefined;
      const path = pathOf(ancestors, node);
      const key = isKey(ancestors, node);
      found = {
        path,
        kind: key ? "key" : "value",
        from,
        to,
        hasColon,
        siblings: siblingsOf(ancestors, node),
        ids: idsOf(document),
        ownId: stringIn(document, [...path.slice(0, 2), "id"]),
      };
      return visit.BREAK;
    },
  });
  return found;
}

/** A word no plan has. */
const HOLDER = "braid-writes-here";

/** Undefined for what nests too deeply to be looked at with each key: nobody is writing there. */
function parse(text: string): Document | undefined {
  if (tooDeepAt(text) !== undefined) return undefined;
  return parseDocument(text, { uniqueKeys: false, prettyErrors: false, logLevel: "silent" });
}

type Ancestors = readonly (Document | Node | Pair)[];

/** Keys and positions from the root to a node; a key's path ends with the key itself. */
function pathOf(ancestors: Ancestors, node: Node): readonly (string | number)[] {
  return ancestors.flatMap((ancestor, i): readonly (string | number)[] => {
    const child = ancestors[i + 1] ?? node;
    if (isSeq(ancestor)) return [ancestor.items.indexOf(child)];
    if (isPair(ancestor) && isScalar(ancestor.key)) return [String(ancestor.key.value)];
    return [];
  });
}

function isKey(ancestors: Ancestors, node: Node): boolean {
  const parent = ancestors.at(-1);
  return isPair(parent) && parent.key === node;
}

/** The other keys of a key's mapping, the other values of a value's list. */
function siblingsOf(ancestors: Ancestors, node: Node): readonly string[] {
  const around = isKey(ancestors, node) ? ancestors.at(-2) : ancestors.at(-1);
  // A word alone in a list reads as a mapping of one key.
  const list = isMap(around) && around.items.length === 1 ? ancestors.at(-3) : around;
  const others = isSeq(list) ? list.items : isMap(around) ? around.items.map((item) => item.key) : [];
  return others.flatMap((other) => (isScalar(other) && other !== node ? [String(other.value)] : []));
}

function idsOf(document: Document): readonly string[] {
  const subtasks: unknown = document.get("subtasks", true);
  if (!isSeq(subtasks)) return [];
  return subtasks.items.flatMap((_, i) => stringIn(document, ["subtasks", i, "id"]) ?? []);
}

function stringIn(document: Document, path: readonly (string | number)[]): string | undefined {
  const value: unknown = document.getIn(path);
  return typeof value === "string" ? value : undefined;
}
