import { deepEqual, equal, match, ok } from "node:assert/strict";
import { describeRequest, describeReview, verdictConclusion, type ReviewAssignment } from "../../../src/agent/reviewer";
import { roleOf, toReviewer } from "../../../src/agent/roles";
import { ROLES } from "../../../src/core/role";
import { call, callTools, type Line, say } from "../../support/scripted-model";
import { planOf, type Sketch } from "../../support/builders";
import { play } from "./agent";

const FINDING = { file: "a.ts", line: 3, severity: "error" as const, message: "off by one", fix: "use <=" };
const verdict = (id: string, input: unknown): Line => callTools(call(id, "verdict", input));
const judging = (...script: readonly Line[]) => play(script, { conclusion: verdictConclusion() });

describe("a verdict", () => {
  it("may approve without a word, or with remarks", async () => {
    for (const findings of [[], [FINDING]]) {
      const { outcome } = await judging(verdict("1", { decision: "approve", findings }));
      deepEqual(outcome, { kind: "done", value: { decision: "approve", findings } });
    }
  });
  it("may ask for changes", async () => {
    const input = { decision: "request_changes", findings: [FINDING] };
    deepEqual((await judging(verdict("1", input))).outcome, { kind: "done", value: input });
  });
  for (const [what, input, words] of [
    ["asks for nothing in particular", { decision: "request_changes" }, /Name at least one finding/u],
    ["is neither", { decision: "maybe" }, /Invalid verdict: .*decision/su],
    ["is nothing", {}, /Invalid verdict/u],
  ] as const)
    it(`that ${what} goes back`, async () => {
      const { outcome, model } = await judging(verdict("1", input), verdict("2", { decision: "approve" }));
      match(JSON.stringify(model.requests[1]?.messages.at(-1)), words);
      equal(outcome.kind, "done");
    });
  it("that never comes is a failure after three answers", async () => {
    const { outcome, model } = await judging(say("Looks fine."), verdict("1", {}), say("Well."), say("never asked"));
    equal(outcome.kind === "failed" && outcome.failure.code, "review.missing");
    equal(model.left, 1);
    match(JSON.stringify(model.requests[1]?.messages.at(-1)), /Call verdict; text alone/u);
  });
});

function told(subtask: Sketch, more: Partial<ReviewAssignment> = {}): string {
  const [checked] = planOf(subtask).subtasks;
  if (checked === undefined) throw new Error("no subtask");
  const report = { summary: "Did it.", files: [], findings: [], decisions: [], open_points: [] };
  const rest = { attempt: 1, round: 1, constraints: [], report, files: [], diff: "", asked: [] };
  return describeReview({ subtask: checked, ...rest, ...more });
}

describe("what a reviewer is told", () => {
  it("is the intent, the claim and the change", () => {
    const report = { summary: "Did it.", files: [], findings: [], decisions: ["REST"], open_points: ["names"] };
    const text = told(
      { id: "a", description: "Add it.", files: ["src/**"], acceptance: ["fast"], focus: ["speed"] },
      {
        attempt: 2,
        round: 2,
        constraints: ["no GraphQL"],
        report,
        files: [
          { path: "src/a.ts", status: "modified", added: 2, deleted: 1 },
          { path: "logo.png", status: "added" },
        ],
        diff: "+x",
        asked: [FINDING],
      },
    );
    deepEqual(text.split("\n\n"), [
      "Subtask: a (attempt 2)\nReview round 2",
      "What was asked for: Add it.",
      "Files that may change:\n- src/**",
      "Focus on:\n- speed",
      "Done when:\n- fast",
      "Decisions to follow:\n- no GraphQL",
      "You asked for these changes before:\n- a.ts:3 error: off by one (fix: use <=)",
      "The worker's report, a claim to be checked: Did it.\nDecisions:\n- REST\nOpen points:\n- names",
      "Changed files:\n- modified src/a.ts +2 -1\n- added logo.png",
      "The diff:\n+x",
    ]);
  });
  it("says so when nothing changed", () => match(told({ id: "a" }), /No file was changed\.$/u));
  it("has a long diff cut, without half a character", () => {
    const text = told({ id: "a" }, { diff: `${"x".repeat(19_999)}😀${"y".repeat(50)}` });
    match(text, /x\ufffd\n\(Cut: 51 more characters; read the files\.\)$/u);
  });
});

it("what the worker is told names round, place and fix", () =>
  equal(
    describeRequest([FINDING], 1, 2),
    "The reviewer asks for changes (round 1 of 2):\n- a.ts:3 error: off by one (fix: use <=)\nMake them, or say in your report why one is wrong; then report again.",
  ));

describe("any role as a judge", () => {
  for (const name of ROLES)
    it(`${name} only reads and ends with a verdict`, () => {
      const role = toReviewer(roleOf(name));
      deepEqual([role.writes, role.tools.every((tool) => tool.readOnly)], [false, true]);
      ok(role.tools.length > 0);
      match(role.system, new RegExp(`^You are the ${name} in a Braid run\\..*call verdict once\\.$`, "su"));
    });
});
