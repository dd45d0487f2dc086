import * as z from "zod";
import { Amendment } from "../core/amendment/amendment";
import type { AmendmentOccasion } from "../core/amendment/amendment-policy";
import { failure } from "../core/failure";
import type { Conclusion, Verdict } from "./loop";
import { tellContributions, type Contribution } from "./synthesis";

/** How often an amendment (or an answer without one) goes back to the planner; the next is the last. */
const MAX_REFUSALS = 3;
/** Problems with an amendment that are named at once. */
const MAX_PROBLEMS = 10;

const { $schema: _dropped, ...AMENDMENT_SCHEMA } = z.toJSONSchema(Amendment, { io: "input" });

/**
 * The planner's only way to answer while a run is under way: `submit_amendment`. What schema or plan refuse goes back to
 * it, three times at most. `problemsOf` judges it against the run as it is by then; nothing to change is no problem.
 */
export function amendmentConclusion(problemsOf: (amendment: Amendment) => readonly string[]): Conclusion<Amendment> {
  let refusals = 0;
  const refuse = (problems: readonly string[]): Verdict<Amendment> => {
    refusals += 1;
    if (refusals > MAX_REFUSALS) return gaveUp(`The planner's amendment was refused ${refusals} times.`, problems);
    return {
      kind: "again",
      say: `The amendment was refused. Mend it and call submit_amendment again:\n${list(problems)}`,
    };
  };
  return {
    spec: {
      name: "submit_amendment",
      description: "Hand in the amendment, or a reason alone where nothing is to be changed. The only way to finish.",
      schema: AMENDMENT_SCHEMA,
    },
    async conclude(input) {
      const parsed = Amendment.safeParse(unwrap(input));
      if (!parsed.success)
        return refuse(parsed.error.issues.map((issue) => `${issue.path.join(".") || "amendment"}: ${issue.message}`));
      const problems = problemsOf(parsed.data);
      return problems.length > 0 ? refuse(problems) : { kind: "done", value: parsed.data };
    },
    async concludeText() {
      refusals += 1;
      if (refusals > MAX_REFUSALS) return gaveUp("The planner ended without an amendment.", []);
      return {
        kind: "again",
        say: "Call submit_amendment, with a reason alone where nothing is to be changed; text alone does not count.",
      };
    },
  };
}

/** A subtask as the planner is told of it: what became of it, and what the plan says. */
export interface AmendableSubtask extends Contribution {
  readonly role: string;
  readonly model: string | null;
  readonly dependencies: readonly string[];
  readonly scope: readonly string[];
  readonly attempt: number;
}

/** What a planner is told when it is asked how the plan goes on. Reports, never transcripts. */
export function amendmentAssignment(a: {
  readonly goal: string;
  readonly occasion: AmendmentOccasion;
  /** What the user has to say about it. */
  readonly note: string | null;
  readonly constraints: readonly string[];
  readonly roles: readonly { readonly name: string; readonly description: string }[];
  /** Why the folder does not hold the results; null where it does. */
  readonly conflict: string | null;
  readonly sequential: boolean;
  /** Ids of what failed and holds others up. */
  readonly blocking: readonly string[];
  readonly subtasks: readonly AmendableSubtask[];
}): string {
  const roles = a.roles.map(({ name, description }) => (description === "" ? name : `${name}: ${description}`));
  return [
    `Goal: ${a.goal}`,
    question(a.occasion, a.blocking),
    a.note === null ? "" : `Note from the user: ${a.note}`,
    a.conflict === null
      ? "The current directory holds all results so far, merged."
      : `The current directory holds the state before the run, as the results do not merge: ${a.conflict}`,
    titled("Decisions to follow", a.constraints),
    titled("This repository has roles of its own, also for `agent`", roles),
    a.sequential ? "One worker at a time is allowed now." : "",
    ...tellContributions(a.subtasks, describePlanned),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function question(occasion: AmendmentOccasion, blocking: readonly string[]): string {
  switch (occasion) {
    case "level":
      return "Every subtask of the plan has ended. This plan is made level by level: add the subtasks that the reports and findings call for, or hand in a reason alone when the goal needs no more.";
    case "failures":
      return `The run cannot go on: ${blocking.join(", ")} failed and others wait for it. Say how it goes on: give it another role, a stronger model, a clearer description or more room; split it (drop it, add its parts, let its dependents depend on those); or drop what the goal can do without.`;
    case "user":
      return "The user asks for the plan to be looked at again.";
  }
}

function describePlanned(s: AmendableSubtask): string {
  const model = s.model === null ? "" : ` on ${s.model}`;
  const after = s.dependencies.length === 0 ? "" : `, after ${s.dependencies.join(", ")}`;
  const files = s.scope.length === 0 ? "" : `, may change ${s.scope.join(", ")}`;
  return `Planned for: ${s.role}${model}${after}${files}${s.attempt === 0 ? "" : `; attempts so far: ${s.attempt}`}`;
}

function gaveUp(message: string, problems: readonly string[]): Verdict<Amendment> {
  const hint = "Ask for an amendment again, with a note that says what to change.";
  return {
    kind: "failed",
    failure: failure("plan.invalid", message, problems.length === 0 ? { hint } : { hint, detail: list(problems) }),
  };
}

function list(problems: readonly string[]): string {
  const more = problems.length > MAX_PROBLEMS ? [`- and ${problems.length - MAX_PROBLEMS} more.`] : [];
  return [...problems.slice(0, MAX_PROBLEMS).map((problem) => `- ${problem}`), ...more].join("\n");
}

function titled(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `${title}:\n${items.map((item) => `- ${item}`).join("\n")}`;
}

/** Models sometimes hand it in within a wrapper, or as a string of JSON. */
function unwrap(input: unknown): unknown {
  const inner = typeof input === "object" && input !== null && "amendment" in input ? input.amendment : input;
  if (typeof inner !== "string") return inner;
  try {
    return JSON.parse(inner);
  } catch {
    return inner;
  }
}
