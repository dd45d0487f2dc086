import { isMap, isScalar, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import { BraidError, failure } from "../failure";
import { checkPlan } from "./graph";
import { Plan, Subtask } from "./plan";
import { applyPlanEdit, type PlanEdit } from "./plan-edit";
import { tooDeepAt } from "./yaml-depth";
import { formatDiagnostic, readPlanFile } from "./plan-file";
import { appendSubtask, removeSubtask, reorderSubtasks } from "./plan-items";
import {
  adjustList,
  insertPair,
  removePair,
  replaceNode,
  replaceValue,
  valueText,
  type Change,
  type ParsedText,
  type Splice,
} from "./plan-splices";
import { writePlanFile } from "./plan-text";
import { isSameValue } from "../same-value";

/** A plan, and the text it is written in. */
export interface WrittenPlan {
  readonly plan: Plan;
  readonly text: string;
}

/**
 * Changes a plan in its text: only what the edits are about is written anew, so comments, key order, blank lines, quotes and line
 * ends stay. What comes out is read back and is the plan the edits mean. `knownRoles` are users' own. Throws `plan.invalid` and
 * changes nothing where an edit breaks the plan, or the text is written in a way that cannot be kept.
 */
export function editPlanText(
  text: string,
  edits: readonly PlanEdit[],
  knownRoles: readonly string[] = [],
): WrittenPlan {
  const { plan: before, diagnostics } = readPlanFile(text, () => [], knownRoles);
  if (before === undefined) {
    const first = diagnostics.find((d) => d.severity === "error");
    throw invalid(
      `The plan has a mistake already: ${first === undefined ? "it cannot be read" : formatDiagnostic("line", first)}`,
      "Mend the plan first.",
    );
  }
  let written: WrittenPlan = { plan: before, text };
  for (const edit of edits) written = applyToText(written, edit, knownRoles);
  return written;
}

/** A plan in the words of a text that held an earlier form of it, as far as they go; in words of its own where they do not. */
export function planInWordsOf(plan: Plan, text: string | undefined): string {
  const brought = text === undefined ? undefined : bring(text, plan);
  return brought ?? writePlanFile(plan);
}

function applyToText({ plan, text }: WrittenPlan, edit: PlanEdit, knownRoles: readonly string[]): WrittenPlan {
  const next = applyPlanEdit(plan, edit);
  const problem = checkPlan(next, knownRoles).find((p) => p.severity === "error");
  if (problem !== undefined) throw invalid(problem.message, "Nothing was changed.");
  const renamed = edit.kind === "rename" ? rename(text, edit.subtask, edit.to) : text;
  const brought = renamed === undefined ? undefined : bring(renamed, next);
  if (brought === undefined)
    throw invalid("The plan is written in a way that this change would not keep.", "Change it in the plan's document.");
  return { plan: next, text: brought };
}

/** More steps than any edit takes; one that needs more goes in circles. */
const MAX_STEPS = 2 * 1000;

/** The text brought to say the plan, step by step; undefined where that fails. */
function bring(text: string, plan: Plan): string | undefined {
  let current = text;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const parsed = parse(current);
    const list = parsed?.document.get("subtasks", true);
    if (parsed === undefined || !isSeq(list)) return undefined;
    const changes = nextChanges(parsed, list, plan);
    if (changes === undefined) return undefined;
    if (changes.length === 0) return isSameValue(readLoosely(current), plan) ? current : undefined;
    current = apply(current, changes);
  }
  return undefined;
}

/** What is to be done next: take out, add, put in order, then the fields. */
function nextChanges(parsed: ParsedText, list: YAMLSeq, plan: Plan): readonly (readonly Splice[])[] | undefined {
  const ids = list.items.map((item) => idOf(item));
  const wanted = plan.subtasks.map((s) => s.id);
  const gone = ids.findIndex((id) => id === undefined || !wanted.includes(id));
  if (gone !== -1) return all([removeSubtask(parsed, list, gone)]);
  const missing = plan.subtasks.find((s) => !ids.includes(s.id));
  if (missing !== undefined) return all([appendSubtask(parsed, list, written(missing))]);
  const order = wanted.map((id) => ids.indexOf(id));
  if (order.some((from, to) => from !== to)) return all([reorderSubtasks(parsed, list, order)]);
  const values = subtasksIn(parsed);
  return all(
    list.items.flatMap((item, i) => {
      const [current, wanted] = [Subtask.safeParse(values[i]), plan.subtasks[i]];
      if (!isMap(item) || wanted === undefined || !current.success) return [undefined];
      return fieldChanges(parsed, item, { from: current.data, to: wanted });
    }),
  );
}

function fieldChanges(
  parsed: ParsedText,
  map: YAMLMap,
  change: { readonly from: Subtask; readonly to: Subtask },
): readonly Change[] {
  const now: Readonly<Record<string, unknown>> = change.from;
  const then: Readonly<Record<string, unknown>> = change.to;
  return FIELDS.filter((key) => !isSameValue(now[key], then[key])).map((key) => {
    if (key === "dependencies" && map.has(key)) return adjustList(parsed, map, key, change.to.dependencies);
    const value = then[key];
    const isNothing = value === undefined || (Array.isArray(value) && value.length === 0);
    if (isNothing) return removePair(parsed, map, key);
    const text = valueText(parsed, value);
    if (map.has(key)) return replaceValue(parsed, map, key, text);
    return insertPair(parsed, map, { key, value: text, after: FIELDS.slice(0, FIELDS.indexOf(key)) });
  });
}

/** The fields of a subtask in the order they are written. */
const FIELDS = Object.keys(Subtask.shape);

/** What somebody would write down of a subtask. */
function written(subtask: Subtask): Subtask {
  const defaults: Readonly<Record<string, unknown>> = Subtask.parse({ id: subtask.id });
  const entries = Object.entries(subtask).filter(([key, v]) => key === "id" || !isSameValue(v, defaults[key]));
  return Object.fromEntries(entries) as Subtask;
}

function rename(text: string, from: string, to: string): string | undefined {
  const parsed = parse(text);
  const list = parsed?.document.get("subtasks", true);
  if (parsed === undefined || !isSeq(list)) return undefined;
  const item = list.items.find((candidate) => idOf(candidate) === from);
  const node: unknown = isMap(item) ? item.get("id", true) : undefined;
  const change = isScalar(node) ? replaceNode(parsed, node, valueText(parsed, to)) : undefined;
  return change === undefined ? undefined : apply(text, [change]);
}

/** Changes that overlap others wait for the next step. */
function apply(text: string, changes: readonly (readonly Splice[])[]): string {
  const taken: Splice[] = [];
  for (const change of changes)
    if (change.every((s) => taken.every((t) => s.to < t.from || s.from > t.to))) taken.push(...change);
  return taken
    .toSorted((a, b) => b.from - a.from)
    .reduce((result, s) => `${result.slice(0, s.from)}${s.text}${result.slice(s.to)}`, text);
}

function all(changes: readonly Change[]): readonly (readonly Splice[])[] | undefined {
  const known = changes.flatMap((change) => (change === undefined ? [] : [change]));
  return known.length === changes.length ? known : undefined;
}

function idOf(item: unknown): string | undefined {
  const id: unknown = isMap(item) ? item.get("id") : undefined;
  return typeof id === "string" ? id : undefined;
}

/** The plan a text says; roles and graph unchecked. */
function readLoosely(text: string): Plan | undefined {
  const parsed = parse(text);
  const plan = parsed === undefined ? undefined : Plan.safeParse(valueOf(parsed));
  return plan?.data;
}

/** What the text says as a plain value; undefined where an alias leads nowhere or without end. */
function valueOf({ document }: ParsedText): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

function subtasksIn(parsed: ParsedText): readonly unknown[] {
  const value = valueOf(parsed);
  const list: unknown = typeof value === "object" && value !== null && "subtasks" in value ? value.subtasks : undefined;
  return Array.isArray(list) ? list : [];
}

function parse(text: string): ParsedText | undefined {
  if (tooDeepAt(text) !== undefined) return undefined;
  const document = parseDocument(text, {
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
    keepSourceTokens: true,
  });
  return document.errors.length > 0 ? undefined : { text, document };
}

function invalid(message: string, hint: string): BraidError {
  return new BraidError(failure("plan.invalid", message, { hint }));
}
