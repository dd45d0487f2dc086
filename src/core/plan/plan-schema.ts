import * as z from "zod";
import { Plan } from "./plan";

/** The part of a JSON schema that completion and hover read. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly required?: readonly string[];
}

/** The schema of what stands at a path of a plan file; undefined where nothing may. Made from the zod schema at first use. */
export function schemaAt(path: readonly (string | number)[]): SchemaNode | undefined {
  // Zod's own type allows a schema to be `true`; a plan's never is.
  schema ??= z.toJSONSchema(Plan, { io: "input" }) as SchemaNode;
  let node: SchemaNode | undefined = schema;
  for (const step of path) {
    if (node === undefined) return undefined;
    if (typeof step === "number") node = node.items;
    else
      node = node.properties !== undefined && Object.hasOwn(node.properties, step) ? node.properties[step] : undefined;
  }
  return node;
}

let schema: SchemaNode | undefined;
