import { deepEqual, equal, match, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCli, type CliEvent, type CliOutcome } from "../support/cli";
import { ran, useCli } from "../support/cli-fixture";
import { processesWith } from "../support/sandbox";

const PLAN = "task: Notes\nsubtasks:\n  - { id: one, files: [one.txt] }\n  - { id: two, files: [two.txt] }\n";
/** What a process the test looks for has in its command line. */
const MARKER = `braid-stall-${process.pid}`;
const HANGS = `trap "" TERM; (trap "" TERM; exec -a ${MARKER} sleep 600) & echo half > one.txt; exec -a ${MARKER} sleep 600`;
const write = '{ tool: write, input: { file_path: "{{subtask}}.txt", content: "{{subtask}}\\n" } }';
const USUAL = `
  - when: { turn: 1 }
    reply: [${write}]
  - reply: [{ tool: report, input: { summary: Done. } }]
`;

describe("I6 a worker that stands still", function () {
  this.timeout(180_000);
  const t = useCli();

  async function run(rule: string, option: string) {
    await t.play(`rules:\n  - ${rule}${USUAL}`);
    const plan = join(t.home.dir, "plan.yml");
    writeFileSync(plan, PLAN);
    // Half a second, and the time a busy machine takes for everything else.
    const running = startCli(["run", plan, "--yes", "--json", option, "0.12"], { cwd: t.repo.dir, env: t.env });
    const { run } = await running.seen(({ type }) => type === "worker.stalled");
    const shown = await t.braid("status", run);
    return { run, shown, outcome: await running.ended };
  }
  const failureOf = ({ events }: CliOutcome) =>
    events.find(({ type }) => type === "subtask.failed") as
      | (CliEvent & { failure: { code: string; message: string }; result: { files: { path: string }[] } | null })
      | undefined;

  it("in a command that hangs and ignores SIGTERM: shown, killed with all it started, kept, and tried again", async () => {
    const {
      run: id,
      shown,
      outcome,
    } = await run(
      `{ when: { subtask: one, turn: 1, times: 1 }, reply: [{ tool: bash, input: { command: ${JSON.stringify(HANGS)} } }] }`,
      "--tool-minutes",
    );
    match(shown.stdout, /one \(implementer\) \[RUNNING\].*may be stuck: bash \(trap .*\) has not ended for 2\.4 s/u);
    ran(outcome, 1);
    deepEqual(processesWith(MARKER), []);
    const failed = failureOf(outcome);
    equal(failed?.subtask, "one");
    equal(failed.failure.code, "stall.tool");
    match(failed.failure.message, /It was stuck: bash \(trap .*has not ended for 7\.2 s/u);
    deepEqual(
      failed.result?.files.map(({ path }) => path),
      ["one.txt"],
      "what it did is kept",
    );
    ok(
      outcome.events.some(({ type, subtask }) => type === "subtask.finished" && subtask === "two"),
      "its sibling is not taken along",
    );
    const asked = t.server.requests.length;
    ran(await t.braid("resume", id, "--accept", "passing"), 0);
    const first = t.server.requests.slice(asked).find(({ facts }) => facts.subtask === "one");
    match(first?.facts.text ?? "", /It was stuck: bash/u, "the next attempt is told");
    equal(t.repo.git("show", "HEAD:one.txt"), "one");
    equal(t.repo.git("worktree", "list").split("\n").length, 1);
  });

  it("in the set-up and then in a check: each is named, shown, killed with all it started, and tried again", async () => {
    t.repo.write(".cursor/worktrees.json", JSON.stringify({ "setup-worktree": [HANGS] }));
    t.repo.commit("set-up");
    const wrong = '{ tool: write, input: { file_path: one.txt, content: "wrong\\n" } }';
    await t.play(`rules:\n  - { when: { subtask: one, turn: 1, times: 1 }, reply: [${wrong}] }${USUAL}`);
    const plan = join(t.home.dir, "plan.yml");
    const verify = JSON.stringify(`grep -q one one.txt || { ${HANGS}; }`);
    writeFileSync(plan, `task: A note\nsubtasks:\n  - { id: one, files: [one.txt], verify: [${verify}] }\n`);
    const args = ["--yes", "--json", "--allow-setup", "--tool-minutes", "0.08"];
    const outcome = await startCli(["run", plan, ...args], { cwd: t.repo.dir, env: t.env }).ended;
    ran(outcome, 1);
    deepEqual(processesWith(MARKER), []);
    const shown = outcome.events.filter(({ type }) => type === "worker.stalled").map(({ doing }) => String(doing));
    equal(shown.length, 2);
    match(shown[0] ?? "", /^the set-up command \(trap/u);
    match(shown[1] ?? "", /^the check \(grep -q one/u);
    const setup = outcome.events.find(({ type }) => type === "setup.completed");
    match(JSON.stringify(setup?.["steps"]), /It was stuck: the set-up command \(trap .*has not ended for 4\.8 s/u);
    const failed = failureOf(outcome);
    equal(failed?.failure.code, "stall.tool");
    match(failed.failure.message, /It was stuck: the check \(grep -q one .*has not ended for 4\.8 s/u);
    ok(failed.result !== null, "what it did is kept");
    t.repo.write(".cursor/worktrees.json", "{}");
    const again = await t.braid("resume", "--json", "--accept", "passing", "--tool-minutes", "0.08");
    ran(again, 0);
    equal(t.repo.git("show", "HEAD:one.txt"), "one");
  });

  it("in a check of the combined tree: the accept is given up in words, the branch stays, and the result waits", async () => {
    await t.play(`rules:${USUAL}`);
    const plan = join(t.home.dir, "plan.yml");
    const tests = JSON.stringify([HANGS]);
    writeFileSync(
      plan,
      `task: A note\nsubtasks: [{ id: one, files: [one.txt] }]\nintegration: { strategy: aggregate, validation_tests: ${tests} }\n`,
    );
    const args = ["--yes", "--accept", "passing", "--tool-minutes", "0.08"];
    const outcome = await t.braid("run", plan, ...args);
    match(outcome.stdout, /one.*It was stuck: the check \(trap .*has not ended for 4\.8 s/u);
    ran(outcome, 3);
    deepEqual(processesWith(MARKER), []);
    equal(t.repo.git("rev-list", "--count", "HEAD"), "1");
    const { stdout } = await t.braid("status");
    match(stdout, /one \(implementer\) \[REVIEW\].*It was stuck: the check/u);
    ok(!/^May be stuck/mu.test(stdout));
  });

  it("because its model falls silent in mid-stream: goes on after its last turn when it is tried again", async () => {
    const {
      run: id,
      shown,
      outcome,
    } = await run(
      `{ when: { subtask: one, turn: 2, times: 1 }, reply: [text: Well], fault: { kind: stall, at: stream, after_events: 3, ping_every_ms: 200 } }`,
      "--turn-minutes",
    );
    match(shown.stdout, /one \(implementer\) \[RUNNING\].*may be stuck: the model has said nothing for 2\.4 s/u);
    ran(outcome, 1);
    equal(failureOf(outcome)?.failure.code, "stall.turn");
    const asked = t.server.requests.length;
    ran(await t.braid("resume", id, "--accept", "passing"), 0);
    deepEqual(
      t.server.requests.slice(asked).map(({ facts }) => `${facts.subtask} ${facts.turn}`),
      ["one 2"],
      "nothing is paid for twice",
    );
    equal(t.repo.git("show", "HEAD:one.txt"), "one");
  });

  it("is no worker of whom so much was never asked: --tool-minutes takes a number of minutes", async () => {
    for (const wrong of ["0", "-1", "soon", "1e3", "1441"]) {
      const outcome = await t.braid("run", "plan.yml", `--tool-minutes=${wrong}`);
      ran(outcome, 2);
      match(outcome.stderr, /--tool-minutes takes minutes from 0\.01 to 1440/u);
    }
  });
});
