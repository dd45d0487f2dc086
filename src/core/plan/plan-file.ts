import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type YAMLError,
} from "yaml";
import { checkPlan, type PlanProblem } from "./graph";
import { Plan } from "./plan";
import { tooDeepAt } from "./yaml-depth";

/** A problem at its place in the file; line and column count from 1. */
export interface PlanDiagnostic {
  readonly severity: "error" | "warning";
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A plan file read: the plan, unless one of the diagnostics is an error. */
export interface PlanFile {
  readonly plan: Plan | undefined;
  readonly diagnostics: readonly PlanDiagnostic[];
}

/**
 * Reads a plan from YAML (JSON is YAML). Never throws: whatever is wrong is a diagnostic with line and column. `judge`
 * may find more in a plan that is sound; `knownRoles` are users' own.
 */
export function readPlanFile(
  text: string,
  judge: (plan: Plan) => readonly PlanProblem[] = () => [],
  knownRoles: readonly string[] = [],
): PlanFile {
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const found: PlanDiagnostic[] = [];
  const report = (severity: PlanDiagnostic["severity"], offset: number, message: string): void => {
    const room = severity === "error" ? MAX_DIAGNOSTICS : MAX_DIAGNOSTICS / 2;
    if (found.length < room) found.push({ severity, ...at(offset), message });
  };
  let plan: Plan | undefined;
  try {
    plan = read(text, { lines, knownRoles, report, judge });
  } catch (error) {
    // What the library only notices while it builds the value: aliases that expand without end, above all.
    report("error", 0, `This cannot be read as a plan: ${error instanceof Error ? error.message : String(error)}.`);
  }
  return {
    plan: found.some((d) => d.severity === "error") ? undefined : plan,
    diagnostics: found.toSorted((a, b) => a.line - b.line || a.column - b.column),
  };
}

/** More than anybody reads at once; a file of nothing but errors must not cost the square of its length. */
const MAX_DIAGNOSTICS = 100;

interface Reading {
  readonly lines: LineCounter;
  readonly knownRoles: readonly string[];
  readonly report: (severity: PlanDiagnostic["severity"], offset: number, message: string) => void;
  readonly judge: (plan: Plan) => readonly PlanProblem[];
}

function read(text: string, { lines, knownRoles, report, judge }: Reading): Plan | undefined {
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    // Nothing else has counted the lines.
    for (let at = 0; at !== -1 && at <= deep; at = text.indexOf("\n", at) + 1 || -1) lines.addNewLine(at);
    report("error", deep, "Nested too deeply.");
    return undefined;
  }
  // The library compares each key with every other one; `misnamedNodes` needs one look.
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });
  for (const error of document.errors) report("error", error.pos[0], syntaxMessage(error));
  for (const warning of document.warnings) report("warning", warning.pos[0], syntaxMessage(warning));
  if (document.errors.length > 0) return undefined;
  const misnamed = misnamedNodes(document);
  for (const { offset, message } of misnamed) report("error", offset, message);
  if (misnamed.length > 0) return undefined;
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    report("error", 0, "A plan is a mapping with `task` and `subtasks`.");
    return undefined;
  }
  const parsed = Plan.safeParse(value);
  if (!parsed.success) {
    for (const issue of parsed.error.issues)
      if (issue.code === "unrecognized_keys")
        for (const key of issue.keys.slice(0, MAX_DIAGNOSTICS))
          report("error", offsetOf(document, [...issue.path, key], true), `Unknown key "${key}".`);
      else report("error", offsetOf(document, issue.path, false), `${name(issue.path)}: ${issue.message}`);
    return undefined;
  }
  const problems = checkPlan(parsed.data, knownRoles);
  const sound = !problems.some((p) => p.severity === "error");
  for (const { severity, path, message } of [...problems, ...(sound ? judge(parsed.data) : [])])
    report(severity, offsetOf(document, path, false), message);
  return parsed.data;
}

function syntaxMessage({ code, message }: YAMLError): string {
  return code === "MULTIPLE_DOCS" ? "A plan file holds one document." : message;
}

/** Keys that stand twice in a mapping, and aliases that nothing before them is called. */
function misnamedNodes(document: Document): readonly { readonly offset: number; readonly message: string }[] {
  const misnamed: { readonly offset: number; readonly message: string }[] = [];
  const add = (node: Node, message: string) => misnamed.push({ offset: node.range?.[0] ?? 0, message });
  const anchors = new Set<string>();
  visit(document, (_, node) => {
    if (isAlias(node) && !anchors.has(node.source)) add(node, `Unknown alias "*${node.source}".`);
    if ((isScalar(node) || isCollection(node)) && node.anchor !== undefined) anchors.add(node.anchor);
    if (!isMap(node)) return;
    const seen = new Set<unknown>();
    for (const { key } of node.items) {
      if (!isScalar(key)) continue;
      if (seen.has(key.value)) add(key, `Duplicate key "${String(key.value)}".`);
      seen.add(key.value);
    }
  });
  return misnamed;
}

/** `FILE:LINE:COLUMN: message`, as editors and people expect it. */
export function formatDiagnostic(file: string, d: PlanDiagnostic): string {
  return `${file}:${d.line}:${d.column}: ${d.severity === "warning" ? "warning: " : ""}${d.message}`;
}

/** Where a value (or with `key` its key) begins; for one that is missing, where its nearest parent begins. */
function offsetOf(document: Document, path: readonly PropertyKey[], key: boolean): number {
  const last = path.at(-1);
  const parent: unknown = path.length === 0 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (key && isMap(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(last));
    if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
  }
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return isNode(document.contents) ? (document.contents.range?.[0] ?? 0) : 0;
}

function name(path: readonly PropertyKey[]): string {
  return path.length === 0 ? "plan" : path.map(String).join(".");
}
