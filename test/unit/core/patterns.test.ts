import { deepEqual, equal, match, ok } from "node:assert/strict";
import { checkPlan, toWaves } from "../../../src/core/plan/graph";
import {
  describeSkeleton,
  holdToPattern,
  plainPlan,
  reviewGoal,
  scopeWords,
} from "../../../src/core/plan/pattern-plan";
import { PATTERN_NAMES, PATTERNS, patternOf, type PatternName } from "../../../src/core/plan/patterns";
import { readPlanFile } from "../../../src/core/plan/plan-file";
import { writePlanFile } from "../../../src/core/plan/plan-text";
import { planOf, type Sketch } from "../../support/builders";

const FILES = { files: ["a.ts"] };
const FEATURE: readonly Sketch[] = [
  { id: "design", agent: "architect" },
  { id: "implement-a", agent: "implementer", ...FILES },
  { id: "implement-b", agent: "implementer", dependencies: ["design", "implement-a"], files: ["b.ts"] },
  { id: "test", agent: "tester", ...FILES },
  { id: "document", agent: "documenter", ...FILES },
];
const REVIEW = ["security", "quality", "performance", "coverage"].map((id): Sketch => ({ id, agent: "reviewer" }));
const REFACTOR: readonly Sketch[] = [
  { id: "analysis", agent: "researcher" },
  { id: "change", agent: "implementer", ...FILES },
  { id: "consistency", agent: "reviewer" },
];
const RESEARCH: readonly Sketch[] = [
  { id: "area-a", agent: "researcher" },
  { id: "area-b", agent: "research-agent" },
  { id: "synthesis", agent: "synthesizer" },
  { id: "document", agent: "documenter", ...FILES },
];
const PIPELINE: readonly Sketch[] = [
  { id: "stage-a", agent: "researcher" },
  { id: "stage-b", agent: "implementer" },
  { id: "stage-c", agent: "documenter" },
];
const held = (name: PatternName, sketches: readonly Sketch[]) => holdToPattern(planOf(...sketches), { name });
const edges = (name: PatternName, sketches: readonly Sketch[]) =>
  held(name, sketches).plan.subtasks.map(({ id, dependencies }) => `${id}: ${dependencies.join(" ")}`.trim());

describe("a plan that keeps to its pattern", () => {
  const table: readonly (readonly [PatternName, readonly Sketch[], readonly string[]])[] = [
    [
      "feature",
      FEATURE,
      [
        "design:",
        "implement-a: design",
        "implement-b: design implement-a",
        "test: implement-a implement-b",
        "document: implement-a implement-b",
      ],
    ],
    ["review", REVIEW, ["security:", "quality:", "performance:", "coverage:"]],
    ["refactor", REFACTOR, ["analysis:", "change: analysis", "consistency: change"]],
    ["research", RESEARCH, ["area-a:", "area-b:", "synthesis: area-a area-b", "document: synthesis"]],
    ["pipeline", PIPELINE, ["stage-a:", "stage-b: stage-a", "stage-c: stage-b"]],
    ["single", [{ id: "goal" }], ["goal:"]],
  ];
  for (const [name, sketches, expected] of table)
    it(`of ${name} gets the order it left open`, () => {
      deepEqual(held(name, sketches).problems, []);
      deepEqual(edges(name, sketches), expected);
    });

  it("gets its shape, its reviews, its output and its integration", () => {
    const feature = held("feature", FEATURE).plan;
    equal(feature.pattern, "iterative");
    deepEqual(feature.subtasks[1]?.review, { agent: "reviewer", rounds: 2 });
    deepEqual(feature.integration, { strategy: "merge-and-validate", validation_tests: [] });
    const review = held("review", REVIEW).plan;
    deepEqual(review.subtasks[0]?.output?.required, ["file", "line", "severity", "message", "fix"]);
    equal(review.integration?.strategy, "synthesize");
    equal(held("research", RESEARCH).plan.integration, undefined);
  });

  it("keeps what it has of these itself", () => {
    const own = [{ id: "design", agent: "architect" }, ...FEATURE.slice(1)].map((s) =>
      s.id === "implement-a" ? { ...s, review: { agent: "tester", rounds: 5 }, estimated_time: "2h" } : s,
    );
    const { plan } = holdToPattern(
      { ...planOf(...own), integration: { strategy: "aggregate", validation_tests: ["npm test"] } },
      { name: "feature" },
    );
    deepEqual([plan.subtasks[1]?.review?.rounds, plan.subtasks[1]?.estimated_time], [5, "2h"]);
    deepEqual(plan.integration, { strategy: "merge-and-validate", validation_tests: ["npm test"] });
  });

  it("may give a writer's part to a role of the user's own", () => {
    const own = FEATURE.map((s): Sketch => (s.id === "implement-a" ? { ...s, agent: "frontend" } : s));
    deepEqual(held("feature", own).problems, []);
  });

  it("looks at what the run says, not at what the planner says", () => {
    const plan = { ...planOf(...REVIEW), scope: { from: "theirs" } };
    equal(holdToPattern(plan, { name: "review" }).plan.scope, undefined);
    deepEqual(holdToPattern(plan, { name: "review", scope: { from: "a", to: "b" } }).plan.scope, {
      from: "a",
      to: "b",
    });
  });
});

describe("a plan that does not", () => {
  const without = (sketches: readonly Sketch[], id: string) => sketches.filter((s) => s.id !== id);
  const changed = (sketches: readonly Sketch[], id: string, to: Partial<Sketch>) =>
    sketches.map((s): Sketch => (s.id === id ? { ...s, ...to } : s));
  const table: readonly (readonly [string, PatternName, readonly Sketch[], string])[] = [
    ["lacks a subtask", "review", without(REVIEW, "coverage"), 'There is no subtask "coverage" (reviewer).'],
    [
      "lacks all of a kind",
      "feature",
      FEATURE.filter((s) => !s.id.startsWith("implement")),
      '1 to 6 subtasks "implement-<name>" (implementer) are wanted, not 0.',
    ],
    [
      "has too many of a kind",
      "research",
      [...RESEARCH, ...Array.from({ length: 7 }, (_, i): Sketch => ({ id: `area-${i}`, agent: "researcher" }))],
      '2 to 8 subtasks "area-<name>" (researcher) are wanted, not 9.',
    ],
    [
      "has one more",
      "review",
      [...REVIEW, { id: "mend", agent: "implementer" }],
      '"mend" has no place in this pattern; its subtasks are security, quality, performance, coverage.',
    ],
    [
      "has a writer where only eyes are wanted",
      "review",
      changed(REVIEW, "security", { agent: "implementer" }),
      '"security" is for a reviewer, not implementer.',
    ],
    [
      "has a role of the user's own where only eyes are wanted",
      "review",
      changed(REVIEW, "security", { agent: "my-reviewer" }),
      '"security" is for a reviewer, not my-reviewer.',
    ],
    [
      "lets a reviewer wait",
      "review",
      changed(REVIEW, "quality", { dependencies: ["security"] }),
      '"quality" must not depend on security.',
    ],
    [
      "starts too early",
      "feature",
      changed(FEATURE, "test", { dependencies: ["implement-a"] }),
      '"test" must depend on implement-b.',
    ],
    [
      "skips a stage",
      "pipeline",
      changed(PIPELINE, "stage-c", { dependencies: ["stage-a"] }),
      '"stage-c" must depend on stage-b.',
    ],
    [
      "names no files",
      "refactor",
      changed(REFACTOR, "change", { files: [] }),
      '"change" must name the files it may change.',
    ],
    [
      "asks less of its findings",
      "review",
      changed(REVIEW, "quality", { output: { required: ["path", "issue"] } }),
      '"quality" must have line, severity, fix in output.required.',
    ],
  ];
  for (const [what, name, sketches, problem] of table)
    it(`and ${what} is told so`, () =>
      ok(held(name, sketches).problems.includes(problem), held(name, sketches).problems.join("\n")));
});

describe("every pattern", () => {
  for (const name of PATTERN_NAMES) {
    it(`${name} has a plan without a planner that is sound, is its own, and is read back from its file`, () => {
      const plan = plainPlan("Do it", { name });
      deepEqual(checkPlan(plan), []);
      const shape = holdToPattern(plan, { name });
      deepEqual(shape.plan, plan);
      // Which files it is about only the planner knows.
      deepEqual(
        shape.problems.filter((problem) => !/must name the files/u.test(problem)),
        [],
      );
      deepEqual(readPlanFile(writePlanFile(plan)).plan, plan);
      ok(plan.subtasks.every(({ description = "" }) => description.includes("Do it")));
    });
    it(`${name} tells the planner little, and all of its skeleton`, () => {
      const skeleton = describeSkeleton(PATTERNS[name]);
      ok(PATTERNS[name].brief.length < 500);
      ok(skeleton.length < 2_000);
      for (const slot of PATTERNS[name].slots) match(skeleton, new RegExp(`- id: ${slot.id}`, "u"));
      for (const { after } of PATTERNS[name].slots)
        for (const id of after) ok(PATTERNS[name].slots.some((slot) => slot.id === id));
    });
  }
  it("has waves that run side by side where it says so", () => {
    deepEqual(
      PATTERN_NAMES.map((name) => toWaves(plainPlan("g", { name }).subtasks).map((wave) => wave.length)),
      [[1, 1, 2], [4], [1, 1, 1], [2, 1, 1], [1, 1], [1]],
    );
  });
  it("that this version does not know is none", () => {
    for (const name of [undefined, "", "constructor", "__proto__", "swarm"]) equal(patternOf(name), undefined);
  });
});

it("what a plan looks at is said in a few words", () => {
  const commit = "0123456789".repeat(4);
  equal(scopeWords({ from: commit, to: "HEAD" }), "the changes from 0123456789 to HEAD");
  equal(scopeWords({ from: "main", folder: "src" }), "the changes in src from main to the base of the run");
  equal(scopeWords({ to: "HEAD" }), "the changes of HEAD");
  equal(scopeWords({ folder: "src" }), "the files in src");
  equal(scopeWords({}), "the files of the repository");
});

it("a review without words says what it is of", () => {
  equal(reviewGoal({ against: "main" }), "Review what changed since main");
  equal(reviewGoal({ against: "v1..v2", folder: "src" }), "Review the changes in src of v1..v2");
  equal(reviewGoal({ folder: "src" }), "Review src");
  equal(reviewGoal({}), "Review the repository");
});
