import { deepEqual, equal, ok } from "node:assert/strict";
import { checkPlan, dependentsOf, findCycle, inOrder, toWaves } from "../../../src/core/plan/graph";
import type { Plan } from "../../../src/core/plan/plan";
import { planOf } from "../../support/builders";
import { random } from "../../support/random";

const waves = (plan: Plan) => toWaves(plan.subtasks).map((wave) => wave.map((s) => s.id).join(" "));
const order = (plan: Plan) => inOrder(plan.subtasks).map((s) => s.id);

describe("waves", () => {
  for (const [what, plan, expected] of [
    ["one subtask", planOf("a"), ["a"]],
    ["no dependencies", planOf("c", "a", "b"), ["c a b"]],
    ["a pipeline", planOf("a", "b: a", "c: b"), ["a", "b", "c"]],
    ["written backwards", planOf("c: b", "b: a", "a"), ["a", "b", "c"]],
    ["a diamond", planOf("a", "b: a", "c: a", "d: b c"), ["a", "b c", "d"]],
    ["one wave after the latest dependency", planOf("a", "b: a", "c: a b", "d: a"), ["a", "b d", "c"]],
    ["the plan's order inside a wave", planOf("r1", "r2", "x: r2", "y: r1"), ["r1 r2", "x y"]],
    ["a dependency named twice", planOf("a", { id: "b", dependencies: ["a", "a"] }), ["a", "b"]],
  ] as const)
    it(what, () => deepEqual(waves(plan), expected));

  it("a chain of 1,000 is 1,000 waves", () => {
    const chain = planOf(...Array.from({ length: 1000 }, (_, i) => (i === 0 ? "s0" : `s${i}: s${i - 1}`)));
    equal(toWaves(chain.subtasks).length, 1000);
    equal(findCycle(chain.subtasks), undefined);
  });

  it("a dependency named 200,000 times is one", () => {
    const plan = planOf("a", { id: "b", dependencies: Array<string>(200_000).fill("a") });
    deepEqual(waves(plan), ["a", "b"]);
  });
});

describe("cycles", () => {
  for (const [what, plan, expected] of [
    ["none", planOf("a", "b: a", "c: a b"), undefined],
    ["itself", planOf("a: a"), "a a"],
    ["two", planOf("a: b", "b: a"), "a b a"],
    ["behind a tail", planOf("x: a", "a: c", "b: a", "c: b"), "a c b a"],
    ["past what is known to be sound", planOf("r", "s: r", "a: s b", "b: r a"), "a b a"],
  ] as const)
    it(what, () => equal(findCycle(plan.subtasks)?.join(" "), expected));

  it("of 1,000", () => {
    const ring = planOf(...Array.from({ length: 1000 }, (_, i) => `s${i}: s${(i + 1) % 1000}`));
    equal(findCycle(ring.subtasks)?.length, 1001);
    deepEqual(
      checkPlan(ring).map((p) => p.path),
      [["subtasks", 0, "dependencies", 0]],
    );
  });
});

it("dependents are those who wait directly", () =>
  deepEqual(
    [...dependentsOf(planOf("a", "b: a", "c: a b").subtasks)].map(([id, list]) => [id, list.map((s) => s.id)]),
    [
      ["a", ["b", "c"]],
      ["b", ["c"]],
    ],
  ));

describe("random graphs agree with an oracle that follows every path", () => {
  for (let seed = 1; seed <= 40; seed += 1)
    it(`seed ${seed}`, () => {
      const next = random(seed);
      const count = 1 + next(14);
      const ranks = Array.from({ length: count }, (_, i) => i).toSorted(() => next(3) - 1);
      const plan = planOf(
        ...ranks.map((rank) => ({
          id: `s${rank}`,
          dependencies: Array.from({ length: rank }, (_, i) => `s${i}`).filter(() => next(4) === 0),
        })),
      );
      const byId = new Map(plan.subtasks.map((s) => [s.id, s]));
      const depth = (id: string): number =>
        Math.max(0, ...(byId.get(id)?.dependencies ?? []).map((dependency) => depth(dependency) + 1));
      deepEqual(checkPlan(plan), []);
      toWaves(plan.subtasks).forEach((wave, i) => {
        ok(wave.length > 0);
        for (const s of wave) equal(depth(s.id), i, s.id);
      });
      const ids = order(plan);
      deepEqual(ids.toSorted(), plan.subtasks.map((s) => s.id).toSorted());
      for (const s of plan.subtasks)
        for (const dependency of s.dependencies) ok(ids.indexOf(dependency) < ids.indexOf(s.id));

      const back = { ...plan.subtasks[0], id: "s0", dependencies: [`s${count - 1}`] };
      const bent = plan.subtasks.map((s) => (s.id === "s0" ? { ...s, ...back } : s));
      const reaches = (from: string): boolean => from === "s0" || (byId.get(from)?.dependencies ?? []).some(reaches);
      const cycle = findCycle(bent);
      equal(cycle !== undefined, reaches(`s${count - 1}`));
      if (cycle === undefined) return;
      equal(cycle[0], cycle.at(-1));
      const bentById = new Map(bent.map((s) => [s.id, s]));
      for (let i = 1; i < cycle.length; i += 1)
        ok(bentById.get(cycle[i - 1] ?? "")?.dependencies.includes(cycle[i] ?? ""), `${cycle.join(" ")} at ${i}`);
    });
});

describe("roles in a plan", () => {
  const messages = (plan: Plan, ...known: readonly string[]) => checkPlan(plan, known).map((p) => p.message);
  const known = "planner, researcher, architect, implementer, tester, reviewer, documenter, synthesizer";
  for (const [what, plan, path] of [
    ["a worker's", planOf({ id: "a", agent: "poet" }), ["subtasks", 0, "agent"]],
    ["a reviewer's", planOf({ id: "a", review: { agent: "poet", rounds: 1 } }), ["subtasks", 0, "review", "agent"]],
  ] as const)
    it(`${what}: unknown, unless it is a user's own`, () => {
      deepEqual(messages(plan), [`Unknown role "poet"; known: ${known}.`]);
      deepEqual(checkPlan(plan)[0]?.path, path);
      deepEqual(messages(plan, "poet"), []);
      deepEqual(messages(plan, "bard"), [`Unknown role "poet"; known: ${known}, bard.`]);
    });
});
