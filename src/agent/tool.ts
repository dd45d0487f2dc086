import * as z from "zod";
import type { ImageBlock, ToolSpec } from "../model/model";
import type { Shell } from "./shell";
import type { Workspace } from "./workspace";

/** What a tool may touch: one worktree, and a shell shut into it. */
export interface ToolContext {
  readonly workspace: Workspace;
  readonly shell: Shell;
  readonly signal: AbortSignal;
}

/** What the model reads back. A refusal or a mistake is a result with `isError`, never an exception. */
export interface ToolOutput {
  readonly content: string;
  /** Shown to the model beside the text. */
  readonly images?: readonly ImageBlock[];
  readonly isError?: boolean;
}

/** A tool as the loop sees it. */
export interface Tool {
  readonly spec: ToolSpec;
  /** Reads only, so that calls of one turn may run at the same time. */
  readonly readOnly: boolean;
  /** Parses the model's input and runs. Throws only for bugs and aborts. */
  call(input: unknown, context: ToolContext): Promise<ToolOutput>;
}

/** Builds a tool from its zod schema; input that does not fit becomes an error the model can read. */
export function defineTool<S extends z.ZodObject>(definition: {
  readonly name: string;
  readonly description: string;
  readonly input: S;
  readonly readOnly?: boolean;
  readonly run: (input: z.infer<S>, context: ToolContext) => Promise<ToolOutput>;
}): Tool {
  return {
    spec: { name: definition.name, description: definition.description, schema: jsonSchemaOf(definition.input) },
    readOnly: definition.readOnly ?? false,
    async call(input, context) {
      const parsed = definition.input.safeParse(input);
      if (!parsed.success)
        return { content: `Invalid input for ${definition.name}: ${z.prettifyError(parsed.error)}`, isError: true };
      return definition.run(parsed.data, context);
    },
  };
}

/** Each worker has tools of its own, of the same schemas. */
const jsonSchemas = new WeakMap<z.ZodObject, ToolSpec["schema"]>();

function jsonSchemaOf(input: z.ZodObject): ToolSpec["schema"] {
  const known = jsonSchemas.get(input);
  if (known !== undefined) return known;
  const { $schema: _dropped, ...schema } = z.toJSONSchema(input, { io: "input" });
  jsonSchemas.set(input, schema);
  return schema;
}
