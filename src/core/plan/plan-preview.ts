import { costParts, gateSummary, timeText } from "../gate/gate-text";
import type { Gate } from "../gate/gate";
import { toWaves, type PlanProblem } from "./graph";
import { objectiveOf, type Plan, type Subtask } from "./plan";
import { toRole } from "../role";

/** A subtask of a plan as its picture shows it, in words. */
export interface PlannedSubtask {
  readonly id: string;
  readonly objective: string;
  readonly role: string;
  readonly model: string | null;
  readonly dependencies: readonly string[];
  /** How long it takes, such as `45 min`. */
  readonly time: string;
  /** Tokens and cost as ranges. */
  readonly cost: readonly string[];
  /** Whether the whole plan takes longer if it does. */
  readonly critical: boolean;
  readonly warnings: readonly string[];
}

/** A plan before it runs: its waves, what each part will take, and the gate's judgement. Plain text throughout. */
export interface PlanPreview {
  readonly task: string;
  readonly waves: readonly { readonly number: number; readonly subtasks: readonly PlannedSubtask[] }[];
  /** Critical path, time, estimate and recommendation, a line each. */
  readonly gate: readonly string[];
  /** Warnings about no subtask in particular. */
  readonly warnings: readonly string[];
}

/** The picture of a plan that was judged. Pure. */
export function previewOf(plan: Plan, gate: Gate): PlanPreview {
  const estimates = new Map(gate.subtasks.map((estimate) => [estimate.id, estimate]));
  const critical = new Set(gate.criticalPath);
  const warnings = new Map<string | undefined, string[]>();
  for (const warning of gate.warnings) {
    const about = aboutOf(plan, warning);
    warnings.set(about, [...(warnings.get(about) ?? []), warning.message]);
  }
  const wordsOf = (id: string | undefined) => warnings.get(id) ?? [];
  const planned = (subtask: Subtask): PlannedSubtask => {
    const estimate = estimates.get(subtask.id);
    return {
      id: subtask.id,
      objective: objectiveOf(subtask),
      role: toRole(subtask.agent) ?? subtask.agent,
      model: subtask.model ?? null,
      dependencies: subtask.dependencies,
      time: estimate === undefined ? "" : timeText(estimate.ms),
      cost: estimate === undefined ? [] : costParts(estimate),
      critical: critical.has(subtask.id),
      warnings: wordsOf(subtask.id),
    };
  };
  return {
    task: plan.task,
    waves: toWaves(plan.subtasks).map((wave, i) => ({ number: i + 1, subtasks: wave.map(planned) })),
    gate: gateSummary(gate),
    warnings: wordsOf(undefined),
  };
}

/** The subtask whose field a warning's path leads to; one that leads to a place in the list is about the list. */
function aboutOf({ subtasks }: Plan, { path }: PlanProblem): string | undefined {
  const [field, at, own] = path;
  return field === "subtasks" && typeof at === "number" && own !== undefined ? subtasks[at]?.id : undefined;
}
