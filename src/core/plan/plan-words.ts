import { placeAt, writingPlaceAt, type WritingPlace } from "./plan-place";
import { schemaAt, type SchemaNode } from "./plan-schema";
import { ROLES } from "../role";

/** Something that may be written in a plan file, in place of the text between two offsets. */
export interface Suggestion {
  readonly kind: "key" | "value";
  readonly label: string;
  /** A snippet: `$0` is where the cursor goes. */
  readonly insert: string;
  readonly description: string | undefined;
  readonly from: number;
  readonly to: number;
}

/** What is known of a key or value, for a hover; offsets of what it is about. */
export interface Explanation {
  readonly title: string;
  readonly description: string;
  /** What a user's own file says about it. */
  readonly quoted?: string;
  readonly from: number;
  readonly to: number;
}

/** What the schema does not know: names of models and package scripts, and users' own roles with what they are for. */
export interface KnownWords {
  readonly models: readonly string[];
  readonly ownRoles: ReadonlyMap<string, string>;
  readonly scripts: readonly string[];
}

/** What may be written at an offset: the keys that are missing there, or values that are right. */
export function suggestionsAt(text: string, offset: number, known: KnownWords): readonly Suggestion[] {
  const place = writingPlaceAt(text, offset);
  if (place === undefined) return [];
  const { kind, path } = slotOf(place);
  const words = kind === "key" ? keysFor(path, place) : valuesFor(path, place, known);
  return words
    .filter((word) => !place.siblings.includes(word.label))
    .map((word) => ({ ...word, from: place.from, to: place.to }));
}

/** What the schema wants there, which the word alone does not show: a key of the mapping at `path`, or the value at `path`. */
function slotOf({ kind, path }: WritingPlace): Pick<WritingPlace, "kind" | "path"> {
  const mapping = kind === "key" ? path.slice(0, -1) : path;
  return { kind: schemaAt(mapping)?.properties === undefined ? "value" : "key", path: mapping };
}

/** What a key or value means; of users' own roles, what they are for. */
export function explanationAt(
  text: string,
  offset: number,
  ownRoles: ReadonlyMap<string, string> = new Map(),
): Explanation | undefined {
  const place = placeAt(text, offset);
  const schema = place === undefined ? undefined : schemaAt(place.path);
  // A value in a list is explained by the list.
  const list = place === undefined || schema?.description !== undefined ? undefined : schemaAt(place.path.slice(0, -1));
  const node = schema?.description === undefined ? list : schema;
  const name = place?.path.findLast((step) => typeof step === "string");
  if (place === undefined || node?.description === undefined || typeof name !== "string") return undefined;
  const quoted =
    name === "agent" && place.kind === "value" ? ownRoles.get(text.slice(place.from, place.to)) : undefined;
  return {
    title: name,
    description: [node.description, ...facts(node)].join(" "),
    ...(quoted === undefined || quoted === "" ? {} : { quoted }),
    from: place.from,
    to: place.to,
  };
}

type Word = Omit<Suggestion, "from" | "to">;

function keysFor(path: readonly (string | number)[], { hasColon }: WritingPlace): readonly Word[] {
  const properties = schemaAt(path)?.properties ?? {};
  return Object.entries(properties).map(([key, node]) => ({
    kind: "key",
    label: key,
    insert: hasColon ? key : snippetFor(key, node),
    description: node.description,
  }));
}

function snippetFor(key: string, node: SchemaNode): string {
  if (key === "subtasks") return "subtasks:\n  - id: $0";
  if (node.properties !== undefined) return `${key}: { $0 }`;
  return node.type === "array" ? `${key}: [$0]` : `${key}: $0`;
}

function valuesFor(path: readonly (string | number)[], place: WritingPlace, known: KnownWords): readonly Word[] {
  const key = path.findLast((step) => typeof step === "string");
  const words = valuesOf(typeof key === "string" ? key : "", place, known) ?? (schemaAt(path)?.enum ?? []).map(String);
  return words.map((label) => {
    const about = key === "agent" ? known.ownRoles.get(label) : undefined;
    return { kind: "value", label, insert: valueSnippet(label), description: about };
  });
}

function valuesOf(key: string, { ids, ownId }: WritingPlace, known: KnownWords): readonly string[] | undefined {
  switch (key) {
    case "agent":
      return [...ROLES, ...known.ownRoles.keys()];
    case "model":
      return known.models;
    case "verify":
    case "validation_tests":
      return known.scripts;
    case "dependencies":
      return ids.filter((id) => id !== ownId);
    case "estimated_time":
    case "time_budget":
      return ["15min", "30min", "45min", "60min"];
    default:
      return undefined;
  }
}

/** A script's name may hold what YAML, or a snippet, would take for its own. */
function valueSnippet(label: string): string {
  const text = /^\w(?:[\w:./-]*\w)?$/u.test(label) ? label : JSON.stringify(label);
  return text.replaceAll(/[\\$}]/gu, String.raw`\$&`);
}

function facts(node: SchemaNode): readonly string[] {
  const choice = node.enum === undefined ? [] : [`One of ${node.enum.map(String).join(", ")}.`];
  const plain = typeof node.default === "string" || typeof node.default === "number";
  return plain ? [...choice, `Unless given: ${String(node.default)}.`] : choice;
}
