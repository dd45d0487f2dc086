import type { Pattern, PatternChoice, Slot } from "./patterns";
import { PATTERNS } from "./patterns";
import { Plan, type PlanScope, type Subtask } from "./plan";
import { fieldOf } from "../report";
import { canWrite, toRole } from "../role";

/** A plan held against its pattern: completed where the planner left out what the pattern fixes, and what is wrong with it. */
export interface Held {
  readonly plan: Plan;
  /** In words for the planner; empty where the plan has the pattern's shape. */
  readonly problems: readonly string[];
}

/**
 * Completes what the pattern fixes and the plan leaves open (dependencies, review, output, integration, scope), then checks
 * that ids, roles, numbers and order are the pattern's.
 */
export function holdToPattern(plan: Plan, { name, scope }: PatternChoice): Held {
  const pattern = PATTERNS[name];
  const placed = plan.subtasks.map((subtask) => ({ subtask, slot: slotOf(pattern, subtask.id) }));
  const of = (id: string) => placed.flatMap((p) => (p.slot?.id === id ? [p.subtask.id] : []));
  const required = (subtask: Subtask, slot: Slot): readonly string[] => {
    const peers = of(slot.id);
    const before = slot.order === "one by one" ? peers.slice(0, peers.indexOf(subtask.id)).slice(-1) : [];
    return [...slot.after.flatMap(of), ...before];
  };
  const problems = [
    ...pattern.slots.flatMap((slot) => countProblem(slot, of(slot.id).length)),
    ...placed.flatMap(({ subtask, slot }) => {
      if (slot === undefined)
        return [
          `"${subtask.id}" has no place in this pattern; its subtasks are ${pattern.slots.map(idOf).join(", ")}.`,
        ];
      return subtaskProblems(subtask, slot, { required: required(subtask, slot), peers: of(slot.id) });
    }),
  ];
  const subtasks = placed.map(({ subtask, slot }) =>
    slot === undefined ? subtask : completed(subtask, slot, required(subtask, slot)),
  );
  const { scope: _theirs, ...own } = plan;
  return {
    plan: {
      ...own,
      ...(pattern.shape === undefined ? {} : { pattern: pattern.shape }),
      ...(scope === undefined ? {} : { scope }),
      subtasks,
      ...integrationOf(plan, pattern),
    },
    problems,
  };
}

/** The pattern's plan without a planner: its skeleton, with the goal in every description. */
export function plainPlan(goal: string, choice: PatternChoice): Plan {
  const pattern = PATTERNS[choice.name];
  const subtasks = pattern.slots.flatMap((slot) =>
    Array.from({ length: slot.count[0] }, (_, i) => ({
      id: slot.count[1] === 1 ? slot.id : `${slot.id}-${i + 1}`,
      agent: slot.agent === "any" ? "implementer" : slot.agent,
      description: choice.name === "single" ? goal : `${capitalised(slot.objective)}. The goal: ${goal}`,
      estimated_time: slot.time,
    })),
  );
  return holdToPattern(Plan.parse({ task: goal, subtasks }), choice).plan;
}

/** What a plan looks at, in a few words; commits by their first digits. */
export function scopeWords({ from, to, folder }: PlanScope): string {
  const short = (name: string) => (/^[0-9a-f]{40,64}$/u.test(name) ? name.slice(0, 10) : name);
  const where = folder === undefined ? "" : ` in ${folder}`;
  if (from === undefined && to === undefined) return `the files${where === "" ? " of the repository" : where}`;
  if (from === undefined) return `the changes${where} of ${short(to ?? "")}`;
  return `the changes${where} from ${short(from)} to ${to === undefined ? "the base of the run" : short(to)}`;
}

/** The goal of a review nobody gave words to. */
export function reviewGoal({
  against,
  folder,
}: {
  readonly against?: string | undefined;
  readonly folder?: string | undefined;
}): string {
  const where = folder === undefined ? "" : ` in ${folder}`;
  if (against === undefined) return `Review ${folder ?? "the repository"}`;
  return against.includes("..")
    ? `Review the changes${where} of ${against}`
    : `Review what changed${where} since ${against}`;
}

/** The skeleton as the planner is shown it: YAML with what it has to fill in between angle brackets. */
export function describeSkeleton(pattern: Pattern): string {
  return [
    "subtasks:",
    ...pattern.slots.flatMap((slot) => [
      `  - id: ${idOf(slot)}${slot.count[1] === 1 ? "" : `  # ${slot.count[0]} to ${slot.count[1]} of these, ${slot.order}`}`,
      `    agent: ${slot.agent === "any" ? "<role>" : slot.agent}`,
      `    description: <${slot.objective}>`,
      ...(slot.after.length === 0 ? [] : [`    dependencies: [${slot.after.map((id) => `all ${id}`).join(", ")}]`]),
      `    estimated_time: ${slot.time}`,
      ...(slot.files === undefined ? [] : [`    files: [<what it may change>]`]),
      ...(slot.verify === undefined ? [] : [`    verify: [<a check that proves it, if there is one>]`]),
      ...(slot.review === undefined
        ? []
        : [`    review: { agent: ${slot.review.agent}, rounds: ${slot.review.rounds} }`]),
      ...(slot.output === undefined
        ? []
        : [
            `    focus: [<where to look hardest>]`,
            `    output: { required: [${slot.output.required.join(", ")}], max_items: ${slot.output.max_items} }`,
          ]),
    ]),
    ...(pattern.integration === undefined ? [] : [`integration: { strategy: ${pattern.integration} }`]),
  ].join("\n");
}

function slotOf(pattern: Pattern, id: string): Slot | undefined {
  return pattern.slots.find((slot) => (slot.count[1] === 1 ? id === slot.id : id.startsWith(`${slot.id}-`)));
}

function idOf(slot: Slot): string {
  return slot.count[1] === 1 ? slot.id : `${slot.id}-<name>`;
}

function countProblem({ id, agent, count: [least, most] }: Slot, count: number): readonly string[] {
  if (count >= least && count <= most) return [];
  if (most === 1) return [`There is no subtask "${id}" (${agent}).`];
  return [`${least} to ${most} subtasks "${id}-<name>" (${agent}) are wanted, not ${count}.`];
}

function subtaskProblems(
  subtask: Subtask,
  slot: Slot,
  { required, peers }: { readonly required: readonly string[]; readonly peers: readonly string[] },
): readonly string[] {
  const { id, agent, dependencies, files, output } = subtask;
  const problems: string[] = [];
  if (!isRoleFor(slot, agent)) problems.push(`"${id}" is for a ${slot.agent}, not ${agent}.`);
  // Left empty they are filled in; what is written down must fit.
  const missing = dependencies.length === 0 ? [] : required.filter((other) => !dependencies.includes(other));
  if (missing.length > 0) problems.push(`"${id}" must depend on ${missing.join(", ")}.`);
  const inSlot = slot.order === "as planned" ? peers : [];
  const foreign = dependencies.filter((other) => !required.includes(other) && !inSlot.includes(other));
  if (foreign.length > 0) problems.push(`"${id}" must not depend on ${foreign.join(", ")}.`);
  if (slot.files !== undefined && files.length === 0) problems.push(`"${id}" must name the files it may change.`);
  const lacking = (slot.output?.required ?? []).filter((field) => output !== undefined && !has(output.required, field));
  if (lacking.length > 0) problems.push(`"${id}" must have ${lacking.join(", ")} in output.required.`);
  return problems;
}

/** A user's own role may stand in for one that writes. One that only reads is a promise that nothing will be changed. */
function isRoleFor(slot: Slot, agent: string): boolean {
  if (slot.agent === "any") return true;
  const role = toRole(agent);
  return role === undefined ? canWrite(slot.agent) : role === slot.agent;
}

function has(required: readonly string[], field: string): boolean {
  return required.some((name) => fieldOf(name) === field);
}

function completed(subtask: Subtask, slot: Slot, required: readonly string[]): Subtask {
  const { output, review } = slot;
  return {
    ...subtask,
    dependencies: subtask.dependencies.length === 0 ? [...required] : subtask.dependencies,
    estimated_time: subtask.estimated_time ?? slot.time,
    ...(subtask.output !== undefined || output === undefined
      ? {}
      : { output: { required: [...output.required], max_items: output.max_items } }),
    ...(subtask.review !== undefined || review === undefined ? {} : { review: { ...review } }),
  };
}

function integrationOf(plan: Plan, { integration }: Pattern): Pick<Plan, "integration"> {
  if (integration === undefined) return plan.integration === undefined ? {} : { integration: plan.integration };
  return { integration: { strategy: integration, validation_tests: plan.integration?.validation_tests ?? [] } };
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
