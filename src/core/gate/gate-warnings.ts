import type { Range, SubtaskEstimate, WorkerFacts } from "./estimate";
import { CONTEXT_SHARE, MAX_FOLLOWED, MAX_SUBTASK_MINUTES, MIN_SUBTASK_MINUTES } from "./gate-thresholds";
import type { PlanProblem } from "../plan/graph";
import { overlapsIn } from "./overlap";
import { durationMs, type Plan, type Subtask } from "../plan/plan";

/** What the gate has found out about a plan. */
export interface Judged {
  readonly workers: ReadonlyMap<string, WorkerFacts>;
  readonly estimates: readonly SubtaskEstimate[];
  readonly waves: readonly (readonly Subtask[])[];
  readonly tokens: Range;
  readonly usd: Range | undefined;
  readonly parallelMs: number;
  readonly scripts: ReadonlySet<string> | undefined;
}

/** What about a plan deserves a second look, each with its place in the plan. */
export function warningsFor(plan: Plan, judged: Judged): readonly PlanProblem[] {
  return [
    ...modelWarnings(plan, judged.workers),
    ...splittingWarnings(plan, judged),
    ...budgetWarnings(plan, judged),
    ...checkNameWarnings(plan, judged.scripts),
    ...overlapWarnings(plan, judged.waves),
  ];
}

function warning(path: PlanProblem["path"], message: string): PlanProblem {
  return { severity: "warning", path, message };
}

function modelWarnings(plan: Plan, workers: ReadonlyMap<string, WorkerFacts>): readonly PlanProblem[] {
  return plan.subtasks.flatMap(({ id, model }, i) =>
    model === undefined || workers.get(id)?.price !== undefined
      ? []
      : [
          warning(
            ["subtasks", i, "model"],
            `Unknown model "${model}": it is used as it is, without an estimate of its cost.`,
          ),
        ],
  );
}

function splittingWarnings({ subtasks }: Plan, { estimates, workers }: Judged): readonly PlanProblem[] {
  const warnings: PlanProblem[] = [];
  if (subtasks.length > MAX_FOLLOWED)
    warnings.push(
      warning(
        ["subtasks", MAX_FOLLOWED],
        `${subtasks.length} subtasks: more than ${MAX_FOLLOWED} are hard to follow and to review; consider fewer, larger ones.`,
      ),
    );
  subtasks.forEach((subtask, i) => {
    const { id, estimated_time: time } = subtask;
    const path = ["subtasks", i, ...(time === undefined ? ["id"] : ["estimated_time"])];
    const given = time === undefined ? undefined : durationMs(time) / 60_000;
    if (given !== undefined && given < MIN_SUBTASK_MINUTES && subtasks.length > 1)
      warnings.push(
        warning(path, `"${id}" is split too fine: below ${MIN_SUBTASK_MINUTES} min, join it with a neighbour.`),
      );
    const context = estimates[i]?.context ?? 0;
    const holds = workers.get(id)?.contextTokens ?? Infinity;
    if (context > holds * CONTEXT_SHARE)
      warnings.push(
        warning(
          path,
          `"${id}" may fill ${Math.round((context / holds) * 100)} % of its model's context (more than ${CONTEXT_SHARE * 100} %); split it.`,
        ),
      );
    else if (given !== undefined && given > MAX_SUBTASK_MINUTES)
      warnings.push(
        warning(path, `"${id}" is split too coarse: above ${MAX_SUBTASK_MINUTES} min, consider two subtasks.`),
      );
  });
  return warnings;
}

function budgetWarnings({ budget }: Plan, estimate: Judged): readonly PlanProblem[] {
  const rows = [
    ["usd", estimate.usd?.least, (n: number) => `$${n.toFixed(2)}`],
    ["tokens", estimate.tokens.least, (n: number) => `${Math.round(n).toLocaleString("en")} tokens`],
    ["minutes", estimate.parallelMs / 60_000, (n: number) => `${Math.round(n)} min`],
  ] as const;
  return rows.flatMap(([key, least, words]) => {
    const limit = budget?.[key];
    if (limit === undefined || least === undefined || least <= limit) return [];
    return [
      warning(
        ["budget", key],
        `The plan probably needs more than its budget of ${words(limit)}: at least ${words(least)}.`,
      ),
    ];
  });
}

function checkNameWarnings(plan: Plan, scripts: ReadonlySet<string> | undefined): readonly PlanProblem[] {
  if (scripts === undefined) return [];
  const doubt = (check: string, path: PlanProblem["path"]) =>
    scripts.has(check) || looksLikeCommand(check)
      ? []
      : [
          warning(
            path,
            `Unknown check "${check}": no package script has this name, and it does not look like a command.`,
          ),
        ];
  return [
    ...plan.subtasks.flatMap(({ verify }, i) =>
      verify.flatMap((check, j) => doubt(check, ["subtasks", i, "verify", j])),
    ),
    ...(plan.integration?.validation_tests ?? []).flatMap((check, i) =>
      doubt(check, ["integration", "validation_tests", i]),
    ),
  ];
}

/** Programs that people run as one word. */
const ONE_WORD: ReadonlySet<string> = new Set(
  "make ninja just pytest tox nox ctest mypy ruff flake8 pylint rspec rake phpunit jest vitest mocha ava tsc eslint oxlint biome true false".split(
    " ",
  ),
);

/** More than a bare word: arguments, a path, or shell syntax; or a program that is run without any. */
function looksLikeCommand(check: string): boolean {
  return !/^[\w:.-]*$/u.test(check.trim()) || ONE_WORD.has(check.trim());
}

/** No more warnings of one kind than anybody reads. */
const MAX_OVERLAPS = 50;

function overlapWarnings({ subtasks }: Plan, waves: readonly (readonly Subtask[])[]): readonly PlanProblem[] {
  const positions = new Map(subtasks.map((s, i) => [s.id, i]));
  const problems: PlanProblem[] = [];
  waves.forEach((wave, i) => {
    problems.push(...overlapsIn(wave, { wave: i + 1, positions, limit: MAX_OVERLAPS - problems.length }));
  });
  return problems;
}
