import { LineCounter, isMap, isNode, isScalar, parseDocument, type Document } from "yaml";
import * as z from "zod";
import { BraidError, failure } from "../core/failure";
import { Latency, Rule } from "./rule";
import { templateProblems } from "./template";

/** What the demo model plays: rules in order, the first that fits answers. Keys are the file's (see SCENARIO.md). */
export const Scenario = z.strictObject({
  goal: z.string().min(1).optional(),
  require_key: z.union([z.boolean(), z.string().min(1)]).default(false),
  seed: z.int().default(1),
  defaults: z
    .strictObject({
      latency: Latency.prefault({}),
      unmatched: z.enum(["end_turn", "error"]).default("end_turn"),
      context_tokens: z.int().min(1).optional(),
    })
    .prefault({}),
  models: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        line: z.string().optional(),
        created_at: z.string().optional(),
        lifecycle: z.enum(["active", "deprecated", "retired"]).optional(),
      }),
    )
    .optional(),
  rules: z.array(Rule).default([]),
});
export type Scenario = z.output<typeof Scenario>;

/** Reads a scenario. Throws a BraidError whose message is one `FILE:LINE:COLUMN: message` a problem. */
export function parseScenario(text: string, file: string): Scenario {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, message: string) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}: ${message}`;
  };
  const syntax = [...doc.errors, ...doc.warnings].map((error) => at(error.pos[0], error.message));
  if (syntax.length > 0) throw invalid(syntax);
  const parsed = Scenario.safeParse(toValue(doc, file));
  const problems = parsed.success ? problemsOf(parsed.data) : parsed.error.issues.flatMap(flatten);
  if (problems.length > 0 || !parsed.success)
    throw invalid(problems.map((problem) => at(offsetOf(doc, problem), problem.message)));
  return parsed.data;
}

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function toValue(doc: Document, file: string): unknown {
  try {
    return doc.toJS() ?? {};
  } catch (error) {
    // An alias without its anchor, or far too many of them: yaml finds these only when it builds the value.
    throw new BraidError(
      failure("internal", `${file}:1:1: ${error instanceof Error ? error.message : String(error)}`),
      {
        cause: error,
      },
    );
  }
}

function invalid(lines: readonly string[]): BraidError {
  return new BraidError(failure("internal", lines.join("\n"), { hint: "Correct the scenario file." }));
}

/** One problem for each unknown key, so that each is shown where it stands. */
function flatten(issue: z.core.$ZodIssue): readonly Problem[] {
  if (issue.code !== "unrecognized_keys") return [issue];
  return issue.keys.map((key) => ({ path: [...issue.path, key], message: `unknown key "${key}"` }));
}

/** Templates nobody fills in, found at load and not in the middle of a run. */
function problemsOf(scenario: Scenario): readonly Problem[] {
  return scenario.rules.flatMap(({ when, reply = [] }, i) => {
    const groups = when.contains instanceof RegExp ? countGroups(when.contains) : -1;
    return reply.flatMap((block, j) => {
      const path = ["rules", i, "reply", j];
      if (block.type === "text") return inValue(block.text, [...path, "text"], groups);
      if (block.type === "thinking") return inValue(block.thinking, [...path, "thinking"], groups);
      if (block.type === "raw") return inValue(block.block, [...path, "raw"], groups);
      return [...inValue(block.name, [...path, "tool"], groups), ...inValue(block.input, [...path, "input"], groups)];
    });
  });
}

function inValue(value: unknown, path: readonly PropertyKey[], groups: number): readonly Problem[] {
  if (typeof value === "string") return templateProblems(value, groups).map((message) => ({ path, message }));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    inValue(item, [...path, Array.isArray(value) ? Number(key) : key], groups),
  );
}

function countGroups(pattern: RegExp): number {
  return (new RegExp(`${pattern.source}|`, pattern.flags).exec("")?.length ?? 1) - 1;
}

/** Where the problem stands: the key of an unknown or wrong entry, else the nearest thing around it. */
function offsetOf(doc: Document, { path }: Problem): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? doc.contents : doc.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && key.value === last);
      if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
    }
    const node = doc.getIn(path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}
