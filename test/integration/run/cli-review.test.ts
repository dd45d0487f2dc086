import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ran, useCli } from "../../support/cli-fixture";

const PLAN = `task: One file
subtasks:
  - id: one
    description: Write a note
    verify: ["test -f note.md"]
    review: { agent: verifier-agent, rounds: 1 }
`;

/** A worker that writes once for each round of review, and a reviewer with these verdicts, one a round. */
function scenario(...verdicts: readonly string[]): string {
  const rules = verdicts.map(
    (verdict, i) =>
      `  - when: { contains: "Review round ${i + 1}\\n", turn: 2 }\n    reply: [{ tool: verdict, input: ${verdict} }]\n`,
  );
  return `rules:
  - when: { contains: "Review round", turn: 1 }
    reply: [{ tool: read, input: { file_path: note.md } }]
${rules.join("")}  - when: { role: implementer, turn: 1 }
    reply: [{ tool: write, input: { file_path: note.md, content: "draft\\n" } }]
  - when: { role: implementer, last_result_contains: "asks for changes" }
    reply: [{ tool: bash, input: { command: "echo mended >> note.md" } }]
  - when: { role: implementer }
    reply: [{ tool: report, input: { summary: "Wrote it at turn {{turn}}." } }]
`;
}

const CHANGES =
  "{ decision: request_changes, findings: [{ file: note.md, line: 1, severity: error, message: too short }] }";
const APPROVE = "{ decision: approve }";

describe("the reviewer loop", function () {
  this.timeout(60_000);
  const t = useCli();
  const run = async (script: string, plan = PLAN) => {
    await t.play(script);
    writeFileSync(join(t.home.dir, "p.yml"), plan);
    return t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--json", "--accept", "passing");
  };
  const status = async () => JSON.parse((await t.braid("status", "--json")).stdout).runs[0].waves[0].subtasks[0];

  it("sends what is asked for back to the worker, and ends with the approval", async () => {
    const outcome = await run(scenario(CHANGES, APPROVE));
    ran(outcome, 0);
    const reviews = outcome.events.filter((e) => e.type === "review.completed");
    deepEqual(
      reviews.map((e) => [e.subtask, e["attempt"], e["round"], e["decision"]]),
      [
        ["one", 1, 1, "request_changes"],
        ["one", 1, 2, "approve"],
      ],
    );
    equal(t.repo.read("note.md"), "draft\nmended\n");
    equal(outcome.events.filter((e) => e.type === "check.completed").length, 2);
    deepEqual((await status()).openFindings, []);
  });

  it("shows the reviewer intent, diff and report, and never the worker's transcript", async () => {
    ran(await run(scenario(APPROVE)), 0);
    const [asked] = t.server.requests.filter((r) => r.facts.role === "reviewer");
    const first = JSON.stringify(asked?.body?.messages[0]);
    match(first, /What was asked for: Write a note.*Wrote it at turn 2.*added note\.md \+1 -0.*\+draft/su);
    ok(!JSON.stringify(asked?.body?.messages).includes("tool_use"));
    deepEqual(asked?.body?.tools?.map((tool) => tool.name).toSorted(), [
      "glob",
      "grep",
      "read",
      "read_note",
      "verdict",
    ]);
    const read = t.server.requests.find((r) => r.facts.role === "reviewer" && r.facts.turn === 2);
    match(read?.facts.lastResult ?? "", /draft/u);
  });

  it("ends after its rounds, with what is open in view; that is not passing", async () => {
    const outcome = await run(scenario(CHANGES, CHANGES));
    ran(outcome, 3);
    equal(outcome.events.filter((e) => e.type === "review.completed").length, 2);
    equal(outcome.events.filter((e) => e.type === "subtask.started").length, 1);
    deepEqual((await status()).openFindings, [{ file: "note.md", line: 1, severity: "error", message: "too short" }]);
    match((await t.braid("status")).stdout, /one \(implementer\) \[REVIEW\].*, 1 open finding/u);
  });

  it("counts the reviewer's turns to the subtask, and keeps its transcript apart", async () => {
    const outcome = await run(scenario(APPROVE));
    const turns = outcome.events.filter((e) => e.type === "turn.completed");
    deepEqual(
      turns.map((e) => e["by"] ?? "worker"),
      ["worker", "worker", "reviewer", "reviewer"],
    );
    equal((await status()).turns, 4);
    const dir = join(t.repo.dir, ".git/braid/runs", outcome.events[0]?.run ?? "", "transcripts");
    deepEqual(readdirSync(dir).toSorted(), ["1-1-review-1.jsonl", "1-1.jsonl"]);
    ok(!readFileSync(join(dir, "1-1.jsonl"), "utf8").includes("Review round"));
  });

  it("of a reviewer that never judges fails the subtask, and its diff stays in review", async () => {
    const outcome = await run(
      `rules:\n  - when: { contains: "Review round" }\n    reply: [{ text: "Fine." }]\n${scenario().slice("rules:\n".length)}`,
    );
    ran(outcome, 1);
    const failed = outcome.events.find((e) => e.type === "subtask.failed");
    match(JSON.stringify(failed), /review\.missing.*In review: .*note\.md/su);
    equal(t.repo.git("rev-list", "--count", "HEAD"), "1");
  });

  it("stops at the budget like everything else", async () => {
    const before = (await run(scenario(APPROVE))).events.find((e) => e.type === "turn.completed");
    t.repo.git("reset", "-q", "--hard", "HEAD~1");
    // Enough for one turn and a second one, which brings the report; not for the reviewer's.
    const tokens = Object.entries(before?.["usage"] ?? {}).reduce((sum, [key, n]) => sum + (key === "usd" ? 0 : n), 1);
    const outcome = await run(scenario(APPROVE), `${PLAN}budget: { tokens: ${tokens} }\n`);
    ran(outcome, 4);
    const failed = outcome.events.find((e) => e.type === "subtask.failed");
    match(JSON.stringify(failed), /budget\.reached.*In review: The run's budget.*note\.md/su);
  });

  it("of a role nobody knows is an error at its line", async () => {
    const outcome = await run(scenario(), PLAN.replace("verifier-agent", "poet"));
    ran(outcome, 2);
    match(outcome.stderr, /p\.yml:6:22: Unknown role "poet"/u);
  });
});
