import type { Plan, PlanScope } from "./plan";
import type { RoleName } from "../role";

/** Ways of working that have a shape of their own; each is a command and a `--pattern`. */
export const PATTERN_NAMES = ["feature", "review", "refactor", "research", "pipeline", "single"] as const;
export type PatternName = (typeof PATTERN_NAMES)[number];

/** The pattern a run was started with, and what it is to look at. */
export interface PatternChoice {
  readonly name: PatternName;
  readonly scope?: PlanScope;
}

/** A place in a pattern's skeleton: one subtask, or some of a kind. */
export interface Slot {
  /** The id of the one subtask, or what the ids of several begin with. */
  readonly id: string;
  /** `any` leaves the role to the planner. */
  readonly agent: RoleName | "any";
  /** Least and most subtasks; `[1, 1]` is one subtask of exactly this id. */
  readonly count: readonly [number, number];
  /** Slots whose subtasks all come before. */
  readonly after: readonly string[];
  /** How the subtasks of one slot stand to each other. */
  readonly order: "side by side" | "as planned" | "one by one";
  /** What the planner puts into `description`. */
  readonly objective: string;
  readonly time: string;
  readonly files?: "must name";
  /** The planner lists the files once; Braid makes one subtask per group of them. */
  readonly spread?: true;
  readonly verify?: "if there is one";
  readonly review?: { readonly agent: RoleName; readonly rounds: number };
  readonly output?: { readonly required: readonly string[]; readonly max_items: number };
}

/** A pattern as data: what the planner is told, and the skeleton it fills. */
export interface Pattern {
  readonly name: PatternName;
  /** Its word in a plan file; none where the plan is one subtask. */
  readonly shape?: NonNullable<Plan["pattern"]>;
  /** What the planner is told, beside the skeleton. Empty: no planner is asked. */
  readonly brief: string;
  readonly slots: readonly Slot[];
  readonly integration?: NonNullable<Plan["integration"]>["strategy"];
}

/** Fields every finding of a review must have. */
const FINDING = { required: ["file", "line", "severity", "message", "fix"], max_items: 20 } as const;

const ONE = { count: [1, 1], after: [], order: "side by side" } as const;

const lens = (id: string, objective: string): Slot => ({
  ...ONE,
  id,
  agent: "reviewer",
  objective,
  time: "15min",
  output: FINDING,
});

/** Every pattern. The skeleton says what follows what; the planner says what each subtask is about. */
export const PATTERNS: Readonly<Record<PatternName, Pattern>> = {
  feature: {
    name: "feature",
    // Not hierarchical: its levels are known from the start, and nobody has to be asked for the next one.
    shape: "iterative",
    brief:
      "Build one feature. Decide its design first; build it in parts that share no file, as few as possible; then test and document side by side. " +
      "Name in integration.validation_tests what the whole must pass.",
    slots: [
      {
        ...ONE,
        id: "design",
        agent: "architect",
        objective: "what must be decided before anybody builds",
        time: "20min",
      },
      {
        id: "implement",
        agent: "implementer",
        count: [1, 6],
        after: ["design"],
        order: "as planned",
        objective: "one part of the feature",
        time: "30min",
        files: "must name",
        verify: "if there is one",
        review: { agent: "reviewer", rounds: 2 },
      },
      {
        ...ONE,
        id: "test",
        agent: "tester",
        after: ["implement"],
        objective: "which behaviour the tests must hold",
        time: "30min",
        files: "must name",
        verify: "if there is one",
      },
      {
        ...ONE,
        id: "document",
        agent: "documenter",
        after: ["implement"],
        objective: "what a user must be told, and where",
        time: "15min",
        files: "must name",
      },
    ],
    integration: "merge-and-validate",
  },
  review: {
    name: "review",
    shape: "scatter-gather",
    brief:
      'Review what is named under "To look at"; change nothing. Four reviewers read the same thing, each with its own eye. ' +
      "Tell each in description and focus where in it to look hardest: name files and functions, not virtues. One synthesis follows by itself.",
    slots: [
      lens("security", "which input, secret or permission could be abused, and where"),
      lens("quality", "where it may be wrong, unclear or in conflict with the code around it"),
      lens("performance", "where it may be slow, or grow with its input"),
      lens("coverage", "which behaviour no test would miss if it broke"),
    ],
    integration: "synthesize",
  },
  refactor: {
    name: "refactor",
    shape: "fan-out",
    brief:
      "Make one change across many files. The analysis settles the rules, so that every worker does the same; a consistency check reads all of it. " +
      "Grep for every file the change touches, and list all of them once in the files of `change`, as names or patterns: Braid makes one subtask per group of files. " +
      "Name in integration.validation_tests what the whole must pass.",
    slots: [
      {
        ...ONE,
        id: "analysis",
        agent: "researcher",
        objective: "which rules the change follows, and which cases are special",
        time: "15min",
      },
      {
        ...ONE,
        id: "change",
        agent: "implementer",
        after: ["analysis"],
        objective: "the change to each file of a group, in words that fit every group",
        time: "20min",
        files: "must name",
        spread: true,
        verify: "if there is one",
      },
      {
        ...ONE,
        id: "consistency",
        agent: "reviewer",
        after: ["change"],
        objective: "what must be alike everywhere, and what must be left nowhere",
        time: "15min",
        output: FINDING,
      },
    ],
    integration: "merge-and-validate",
  },
  research: {
    name: "research",
    shape: "scatter-gather",
    brief:
      "Find out and write down. Split the question into areas that do not overlap, each answerable from this repository; bring them together; then document. No code changes.",
    slots: [
      {
        id: "area",
        agent: "researcher",
        count: [2, 8],
        after: [],
        order: "side by side",
        objective: "one area: the questions to answer, with file and line",
        time: "20min",
      },
      {
        ...ONE,
        id: "synthesis",
        agent: "synthesizer",
        after: ["area"],
        objective: "what the areas say together, and where they disagree",
        time: "15min",
      },
      {
        ...ONE,
        id: "document",
        agent: "documenter",
        after: ["synthesis"],
        objective: "the document: for whom, and what it must answer",
        time: "20min",
        files: "must name",
      },
    ],
  },
  pipeline: {
    name: "pipeline",
    shape: "pipeline",
    brief:
      "Work in stages, each on the result of the one before. Choose the role of each stage; a stage that changes files names them.",
    slots: [
      {
        id: "stage",
        agent: "any",
        count: [2, 10],
        after: [],
        order: "one by one",
        objective: "what this stage hands to the next",
        time: "20min",
        verify: "if there is one",
      },
    ],
    integration: "merge-and-validate",
  },
  single: {
    name: "single",
    brief: "",
    slots: [{ ...ONE, id: "goal", agent: "implementer", objective: "the goal", time: "30min" }],
  },
};

/** The pattern of this name, also where a log from another version names one that is not known here. */
export function patternOf(name: string | undefined): Pattern | undefined {
  return PATTERN_NAMES.some((known) => known === name) ? PATTERNS[name as PatternName] : undefined;
}
