import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCli } from "../../support/cli";
import { ran, useCli } from "../../support/cli-fixture";

const PLAN = `task: Two files
subtasks:
  - { id: one, files: [one.txt] }
  - { id: two, files: [two.txt] }
integration: { strategy: synthesize }
`;
const WORKERS = `  - when: { role: implementer, turn: 1 }
    reply: [{ tool: write, input: { file_path: "{{subtask}}.txt", content: "{{subtask}}\\n" } }]
  - when: { role: implementer }
    reply: [{ tool: report, input: { summary: "Wrote {{subtask}}.txt." } }]
`;
const SYNTHESIZER = `  - when: { role: synthesizer, turn: 1 }
    reply: [{ tool: glob, input: { pattern: "*.txt" } }]
  - when: { role: synthesizer }
    reply:
      - tool: report
        input:
          summary: "There are {{last_result}}"
          open_points: [no index]
          findings: [{ file: two.txt, line: 1, severity: warning, message: says the same as one.txt }]
`;

describe("the synthesis", function () {
  this.timeout(60_000);
  const t = useCli();
  const run = async (script: string, plan = PLAN) => {
    await t.play(`rules:\n${script}`);
    writeFileSync(join(t.home.dir, "p.yml"), plan);
    return t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--json", "--accept", "passing");
  };
  const status = async () => JSON.parse((await t.braid("status", "--json")).stdout).runs[0];

  it("brings the reports together on the merged results, after all workers and before any accept", async () => {
    const outcome = await run(WORKERS + SYNTHESIZER);
    ran(outcome, 0);
    const types = outcome.events.map((e) => e.type);
    ok(types.indexOf("synthesis.started") > types.lastIndexOf("subtask.finished"));
    ok(types.indexOf("synthesis.completed") < types.indexOf("accept.started"));
    const { synthesis, synthesisFailure } = await status();
    deepEqual(
      [synthesis.summary, synthesis.open_points, synthesis.findings[0].message, synthesisFailure],
      ["There are one.txt\ntwo.txt", ["no index"], "says the same as one.txt", null],
    );
    const text = (await t.braid("status")).stdout;
    match(text, /Synthesis: There are one\.txt\ntwo\.txt\n  missing: no index\n  two\.txt:1 warning: says the same/u);
    const first = t.server.requests.find((r) => r.facts.role === "synthesizer")?.body;
    match(JSON.stringify(first?.messages), /Goal: Two files.*Report: Wrote one\.txt\..*Report: Wrote two\.txt\./su);
    deepEqual(first?.tools?.map((tool) => tool.name).toSorted(), ["glob", "grep", "read", "read_note", "report"]);
    equal(t.repo.git("worktree", "list").split("\n").length, 1);
  });

  it("is not made where the plan has no integration block", async () => {
    const outcome = await run(WORKERS + SYNTHESIZER, PLAN.replace(/integration.*\n/u, ""));
    ran(outcome, 0);
    ok(!outcome.events.some((e) => e.type.startsWith("synthesis")));
    equal((await status()).synthesis, null);
  });

  it("that fails is said, and fails nothing else", async () => {
    const outcome = await run(`${WORKERS}  - when: { role: synthesizer }\n    reply: []\n    stop_reason: refusal\n`);
    ran(outcome, 0);
    const { synthesis, synthesisFailure, phase } = await status();
    deepEqual([synthesis, synthesisFailure.code, phase], [null, "model.refusal", "done"]);
    match((await t.braid("status")).stdout, /No synthesis: The model refused/u);
    equal(t.repo.read("one.txt"), "one\n");
    const again = await t.braid("resume", "--json");
    ran(again, 0);
    ok(!again.events.some((e) => e.type === "synthesis.started"));
  });

  it("looks at the base where the results do not merge, and knows why", async () => {
    const script = WORKERS.replace('"{{subtask}}.txt"', "README.md");
    const outcome = await run(script + SYNTHESIZER, PLAN.replace(/files: \[\w+\.txt\]/gu, 'files: ["*.md"]'));
    ran(outcome, 3);
    const first = t.server.requests.find((r) => r.facts.role === "synthesizer")?.body;
    match(JSON.stringify(first?.messages), /do not merge: The results of one and two conflict in README\.md/u);
    match((await status()).synthesis.summary, /No files/u);
    ok(!existsSync(join(t.repo.dir, "one.txt")));
  });

  it("of a run that was stopped in the middle of it is made when the run goes on", async () => {
    await t.play(`rules:\n${WORKERS}  - when: { role: synthesizer }\n    fault: { kind: stall, at: headers }\n`);
    writeFileSync(join(t.home.dir, "p.yml"), PLAN);
    const running = startCli(["run", join(t.home.dir, "p.yml"), "--yes", "--json"], { cwd: t.repo.dir, env: t.env });
    await running.seen((e) => e.type === "synthesis.started");
    running.child.kill("SIGKILL");
    await running.ended;
    await t.play(`rules:\n${WORKERS}${SYNTHESIZER}`);
    const resumed = await t.braid("resume", "--json");
    ran(resumed, 3);
    deepEqual(
      resumed.events.filter((e) => e.type.startsWith("synthesis")).map((e) => e.type),
      ["synthesis.failed", "synthesis.started", "synthesis.completed"],
    );
    equal(t.repo.git("worktree", "list").split("\n").length, 1);
  });
});
