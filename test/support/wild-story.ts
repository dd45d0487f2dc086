import type { RunEvent } from "../../src/core/state/events";
import type { Plan } from "../../src/core/plan/plan";
import {
  abandoned,
  accepted,
  accepting,
  amended,
  answered,
  approved,
  asked,
  askedForAmendment,
  checked,
  created,
  failedWith,
  finished,
  planOf,
  proposed,
  proposedAmendment,
  rejected,
  resultOf,
  retried,
  reviewed,
  started,
  stopped,
  turned,
  USAGE,
} from "./builders";
import { failure } from "../../src/core/failure";

type Dice = (n: number) => number;
type Of<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;

const SMALL = planOf("a", "b", "c: a");
const LARGE = planOf("a", "b", "c: a", "d");
const AMENDMENT = {
  reason: "r",
  drop: ["b"],
  add: [],
  change: [{ id: "c" }],
} as unknown as Of<"amendment.proposed">["amendment"];
const RESOLVING = { onto: "onto", tree: "tree", conflicts: [], files: [] };
const COUNTS = { braid: 1, you: 2, unknown: 0 };

/** Events of every kind in no order at all, about subtasks that are known and one that is not: what a log could hold, not what it does. */
export function wildStory(dice: Dice, steps: number): readonly RunEvent[] {
  const types = Object.keys(ANY) as readonly (keyof typeof ANY)[];
  // Seldom a plan anew: most of what happens is about the subtasks of one.
  const often = types.filter((type) => !type.startsWith("plan.") && type !== "run.created");
  const wild = Array.from({ length: steps }, (): RunEvent => {
    const among = dice(12) === 0 ? types : often;
    return ANY[among[dice(among.length)] ?? "run.paused"](dice);
  });
  return [created(), approved(LARGE), ...wild];
}

const idOf = (dice: Dice): string => ["a", "b", "c", "d", "unknown"][dice(5)] ?? "a";
const idOrNull = (dice: Dice): string | null => (dice(3) === 0 ? null : idOf(dice));
const planOfEither = (dice: Dice): Plan => (dice(2) === 0 ? SMALL : LARGE);
const by = (dice: Dice) =>
  dice(4) === 0 ? { by: dice(2) === 0 ? ("reviewer" as const) : ("synthesizer" as const) } : {};
const why = failure("internal", "because");
const report = { summary: "s", files: [], findings: [], decisions: [], open_points: [] };
const result = resultOf("a", ["x.ts"]) ?? undefined;

/** One event of each kind; a kind that is missing does not compile. */
const ANY: { readonly [T in RunEvent["type"]]: (dice: Dice) => RunEvent } = {
  "run.created": () => created(),
  "budget.changed": (dice) => ({ type: "budget.changed", budget: { usd: 1 + dice(3) } }),
  "run.paused": () => ({ type: "run.paused" }),
  "run.resumed": () => ({ type: "run.resumed" }),
  "run.cancelled": () => ({ type: "run.cancelled" }),
  "plan.proposed": (dice) =>
    ({
      ...proposed(planOfEither(dice), dice(2) === 0 ? "note" : undefined),
      by: (["planner", "file", "user", "fallback"] as const)[dice(4)] ?? "user",
      ...(dice(2) === 0 ? { text: "task: t" } : {}),
    }) as RunEvent,
  "plan.failed": () => ({ type: "plan.failed", failure: why }),
  "plan.approved": (dice) => approved(planOfEither(dice), ...(dice(2) === 0 ? ["b"] : [])),
  "plan.amended": () => amended(LARGE, AMENDMENT, 1),
  "amendment.requested": (dice) => askedForAmendment((["level", "failures", "user"] as const)[dice(3)] ?? "user"),
  "amendment.proposed": () => proposedAmendment(AMENDMENT),
  "amendment.unneeded": () => ({ type: "amendment.unneeded", reason: "r" }),
  "amendment.failed": () => ({ type: "amendment.failed", failure: why }),
  "amendment.declined": () => ({ type: "amendment.declined", number: 1, reason: "" }),
  "subtask.started": (dice) => ({ ...started(idOf(dice), 1 + dice(3)), ...(dice(3) === 0 ? { continues: true } : {}) }),
  "setup.completed": (dice) => ({ type: "setup.completed", subtask: idOf(dice), attempt: 1, steps: [], durationMs: 1 }),
  "turn.completed": (dice) =>
    ({
      ...turned(idOrNull(dice), dice(9)),
      ...by(dice),
      ...(dice(3) === 0 ? { web: [{ type: "search", query: `q${dice(3)}` }], context: { tokens: 9, window: 99 } } : {}),
      ...(dice(3) === 0 ? { usage: { ...USAGE, unpricedTokens: dice(9), webSearches: dice(2) } } : {}),
    }) as RunEvent,
  "tools.called": (dice) => ({ type: "tools.called", subtask: idOrNull(dice), attempt: 1, turn: 1, tools: [] }),
  "web.used": (dice) => ({
    type: "web.used",
    subtask: idOrNull(dice),
    attempt: 1,
    steps: [{ type: "fetch", url: "https://x.test/", domain: `x${dice(3)}.test` }],
  }),
  "context.compacted": (dice) => ({
    type: "context.compacted",
    subtask: idOrNull(dice),
    attempt: 1,
    ...by(dice),
    before: 9,
    after: 5,
    usage: USAGE,
    durationMs: 3,
  }),
  "call.failed": (dice) => ({ type: "call.failed", subtask: idOrNull(dice), failure: why, usage: USAGE }),
  "pace.changed": () => ({ type: "pace.changed", inFlight: 2, reason: "r" }),
  "check.completed": (dice) => checked(idOf(dice), `check ${dice(2)}`, dice(2) === 0),
  "note.written": (dice) => ({
    type: "note.written",
    subtask: idOf(dice),
    attempt: 1,
    name: "n",
    file: `${dice(4)}.md`,
    bytes: dice(99),
  }),
  "review.completed": (dice) => reviewed(idOf(dice), 1 + dice(2), ...(dice(2) === 0 ? ["m"] : [])),
  "subtask.finished": (dice) => finished(idOf(dice), ...(dice(2) === 0 ? ["x.ts"] : [])),
  "subtask.failed": (dice) =>
    failedWith(idOf(dice), (["run.interrupted", "cancelled", "checks.failed"] as const)[dice(3)] ?? "cancelled"),
  "subtask.retried": (dice) =>
    ({
      ...retried(idOf(dice), dice(2) === 0 ? "note" : undefined),
      ...(dice(3) === 0 ? { continues: true } : {}),
      ...(dice(3) === 0 ? { by: "policy", without: ["a"] } : {}),
    }) as RunEvent,
  "worker.messaged": (dice) => ({ type: "worker.messaged", subtask: idOf(dice), attempt: 1, text: `t${dice(9)}` }),
  "worker.stalled": (dice) => ({
    type: "worker.stalled",
    subtask: idOrNull(dice),
    attempt: 1,
    ms: 9_000,
    where: "turn",
  }),
  "worker.moved": (dice) => ({ type: "worker.moved", subtask: idOrNull(dice), attempt: 1 }),
  "worker.stopped": (dice) => stopped(idOf(dice)),
  "question.asked": (dice) => asked(1 + dice(6), idOrNull(dice)),
  "question.answered": (dice) => answered(1 + dice(6), "yes"),
  "approval.requested": (dice) => ({
    type: "approval.requested",
    key: `k${dice(3)}`,
    subtask: idOrNull(dice),
    about: "command",
    source: "s",
    commands: ["c"],
  }),
  "approval.answered": (dice) => ({ type: "approval.answered", key: `k${dice(3)}`, answer: "run" }),
  "approval.withdrawn": (dice) => ({ type: "approval.withdrawn", key: `k${dice(3)}` }),
  "synthesis.started": () => ({ type: "synthesis.started" }),
  "synthesis.completed": () => ({ type: "synthesis.completed", report }),
  "synthesis.failed": () => ({ type: "synthesis.failed", failure: why }),
  "subtask.rejected": (dice) => rejected(idOf(dice), "r"),
  "accept.started": (dice) => accepting(idOf(dice)),
  "accept.completed": (dice) => accepted(idOf(dice)),
  "accept.abandoned": (dice) => abandoned(idOf(dice), "tree.dirty"),
  "undo.started": (dice) => ({
    type: "undo.started",
    subtask: idOf(dice),
    seen: "seen",
    commit: "back",
    ...(dice(2) === 0 ? { part: { taken: null, leftOut: [], left: null } } : {}),
    ...(dice(3) === 0 ? { redo: true } : {}),
  }),
  "undo.completed": (dice) => ({ type: "undo.completed", subtask: idOf(dice), commit: "back" }),
  "undo.abandoned": (dice) => ({ type: "undo.abandoned", subtask: idOf(dice), failure: why }),
  "conflict.opened": (dice) => ({ type: "conflict.opened", subtask: idOf(dice), worktree: "w", resolving: RESOLVING }),
  "conflict.resolved": (dice) => ({
    type: "conflict.resolved",
    subtask: idOf(dice),
    attempt: 2,
    base: "base",
    result: result ?? { commit: "c", tree: "t", files: [] },
    report,
    checks: [],
  }),
  "subtask.rebased": (dice) => ({
    type: "subtask.rebased",
    subtask: idOf(dice),
    attempt: 3,
    base: "base",
    restsOn: [],
    without: ["a"],
    result: result ?? { commit: "c", tree: "t", files: [] },
  }),
  "queue.started": (dice) => ({ type: "queue.started", subtasks: [idOf(dice)] }),
  "queue.checked": (dice) => ({ type: "queue.checked", subtasks: [idOf(dice)], commit: "c", checks: [] }),
  "queue.ended": () => ({ type: "queue.ended" }),
  "overlap.found": (dice) => ({
    type: "overlap.found",
    a: idOf(dice),
    b: idOf(dice),
    files: ["x.ts"],
    kind: (["conflict", "same files", "none"] as const)[dice(3)] ?? "none",
    commits: ["1", "2"],
  }),
  "tree.compared": () => ({
    type: "tree.compared",
    moment: "accept",
    digests: { files: "f", index: "i", refs: "r" },
    differences: [],
    counts: COUNTS,
    durationMs: 1,
  }),
};
