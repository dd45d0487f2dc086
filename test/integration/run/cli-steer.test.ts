import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cli, startCli, type CliOutcome, type CliProcess } from "../../support/cli";
import { ran, useCli } from "../../support/cli-fixture";

/** Two workers: `asks` asks what to write, `works` sleeps in a command until it is stopped or told. */
const PLAN = `task: Two
subtasks:
  - { id: asks, description: Ask first }
  - { id: works, description: Work long }
`;
const SCENARIO = `rules:
  - when: { role: planner, turn: 1 }
    reply: [{ tool: ask, input: { question: "Which part?" } }]
  - when: { role: planner, last_result_contains: "answers: printing" }
    reply: [{ tool: submit_plan, input: { plan: { task: t, subtasks: [{ id: printing }] } } }]
  - when: { subtask: asks, turn: 1 }
    reply: [{ tool: ask, input: { question: Which colour?, options: [blue, red] } }]
  - when: { subtask: asks, turn: 2 }
    reply: [{ tool: write, input: { file_path: colour.md, content: "{{last_result}}" } }]
  - when: { subtask: works, attempt: 1, turn: 1 }
    reply: [{ tool: write, input: { file_path: half.md, content: half } }]
  - when: { subtask: works, attempt: 1, turn: 2 }
    reply: [{ tool: bash, input: { command: "sleep 300" } }]
  - when: { subtask: works, contains: "with care", turn: 1 }
    reply: [{ tool: write, input: { file_path: whole.md, content: "{{role}} {{model}}" } }]
  - when: { turn: 1 }
    reply: [{ tool: write, input: { file_path: note.md, content: x } }]
  - when: { turn: "2.." }
    reply: [{ tool: report, input: { summary: Done. } }]
`;

describe("steering a run from another process", function () {
  this.timeout(120_000);
  const f = useCli();
  beforeEach(async () => {
    writeFileSync(join(f.repo.dir, "plan.yml"), PLAN);
    await f.play(SCENARIO);
  });

  /** A run under way in a process of its own. */
  async function start(...args: readonly string[]) {
    const owner = startCli(["run", ...args, "--json"], { cwd: f.repo.dir, env: f.env });
    const { run } = await owner.seen((event) => event.type === "run.created");
    return { owner, run };
  }
  const started = () => start("plan.yml", "--yes", "--ask", "wait");
  const asked = (owner: CliProcess) => owner.seen((event) => event.type === "question.asked");
  /** `works` is in its long command. */
  const busy = (owner: CliProcess) =>
    owner.seen((event) => event.type === "turn.completed" && event.subtask === "works" && event["turn"] === 2);
  const inbox = (run: string) => join(f.repo.dir, ".git/braid/runs", run, "inbox");
  const show = (ref: string, path: string) => f.repo.git("show", `${ref}:${path}`);
  const refs = () => f.repo.git("for-each-ref", "--format=%(refname)", "refs/braid").trim().split("\n");
  const refused = (outcome: CliOutcome, code: number, words: RegExp) => {
    ran(outcome, code);
    match(outcome.stderr, words);
  };

  it("answers a question, stops one worker and keeps what it did, tries it again as told", async () => {
    const { owner, run } = await started();
    await asked(owner);
    await busy(owner);
    match((await f.braid("status")).stdout, /asks \(implementer\) \[ASKS\].*— Which colour\?/u);
    ran(await f.braid("answer", run, "1", "2"), 0);
    const answered = await owner.seen((event) => event.type === "question.answered");
    deepEqual([answered["answer"], answered["by"]], ["red", "user"]);

    const stop = await f.braid("stop", run, "works");
    ran(stop, 0);
    match(stop.stdout, /works is stopped; what it did is kept/u);
    const outcome = await owner.ended;
    ran(outcome, 3);
    const failed = outcome.events.find((event) => event.type === "subtask.failed");
    match(JSON.stringify(failed), /"works".*Stopped by the user.*half\.md/u);
    const asks = refs().find((ref) => ref.includes("/1/")) ?? "";
    equal(show(asks, "colour.md"), "The user answers: red");

    // Nobody owns it any more: the retry waits for whoever resumes it.
    const retry = await f.braid(
      "retry",
      run,
      "works",
      "--note",
      "with care",
      "--agent",
      "documenter",
      "--model",
      "opus",
    );
    ran(retry, 0);
    match(retry.stdout, /works will be tried again\. Go on with: braid resume/u);
    ran(await f.braid("resume", run), 3);
    match(show(refs().find((ref) => ref.includes("/2/2")) ?? "", "whole.md"), /^documenter claude-opus/u);
    deepEqual(readdirSync(inbox(run)), []);
  });

  it("tells a running worker, pauses and goes on, cancels", async () => {
    const { owner, run } = await started();
    await asked(owner);
    await busy(owner);
    ran(await f.braid("message", run, "works", "use tabs"), 0);
    equal((await owner.seen((event) => event.type === "worker.messaged"))["text"], "use tabs");
    ran(await f.braid("pause"), 0);
    await owner.seen((event) => event.type === "run.paused");
    const resume = await f.braid("resume", run);
    ran(resume, 0);
    match(resume.stdout, /goes on, in the process that owns it/u);
    await owner.seen((event) => event.type === "run.resumed");
    const cancel = await f.braid("cancel", run, "--json");
    ran(cancel, 0);
    match(cancel.stdout, /"type":"carried-out".*is cancelled/u);
    const outcome = await owner.ended;
    ran(outcome, 130);
    match((await f.braid("status")).stdout, /asks \(implementer\) \[CANCELLED\]/u);
    refused(await f.braid("answer", run, "blue"), 2, /Nobody runs .*braid resume/u);
  });

  it("a planner's question is answered, and the plan follows it", async () => {
    const { owner, run } = await start("--goal", "A goal", "--yes", "--ask", "wait");
    const { subtask } = await asked(owner);
    equal(subtask, null);
    match((await f.braid("status")).stdout, /The planner asks \(question 1\): Which part\?/u);
    ran(await f.braid("answer", run, "printing"), 0);
    ran(await owner.ended, 3);
    match((await f.braid("status")).stdout, /printing \(implementer\) \[REVIEW\]/u);
  });

  it("a paused run waits for its owner's user with nothing running, and goes on from elsewhere", async () => {
    writeFileSync(
      join(f.repo.dir, "chain.yml"),
      "task: t\nsubtasks: [{ id: asks }, { id: next, dependencies: [asks] }]\n",
    );
    const { owner, run } = await start("chain.yml", "--yes", "--ask", "wait");
    await asked(owner);
    ran(await f.braid("pause", run), 0);
    ran(await f.braid("answer", run, "blue"), 0);
    await owner.seen((event) => event.type === "subtask.finished");
    equal(owner.child.exitCode, null);
    ran(await f.braid("resume", run), 0);
    ran(await owner.ended, 3);
    match((await f.braid("status")).stdout, /next \(implementer\) \[REVIEW\]/u);
  });

  for (const [what, args, code, words] of [
    ["an unknown subtask", ["stop", "RUN", "nothing"], 2, /has no subtask "nothing"/u],
    ["a question nobody asked", ["answer", "RUN", "7", "x"], 2, /no question 7/u],
    ["an empty answer", ["answer", "RUN", " "], 2, /The answer is empty/u],
    ["a worker that does not run", ["message", "RUN", "nothing", "x"], 2, /has no subtask "nothing"/u],
    ["one that is on its way", ["retry", "RUN", "works"], 2, /still on its way/u],
    ["a text that is too long", ["message", "RUN", "works", "x".repeat(10_001)], 2, /Too big|<=10000/iu],
    ["another run", ["pause", "r0000000"], 2, /no run "r0000000"/u],
  ] as const)
    it(`refuses ${what}, with the owner's words and exit ${code}`, async () => {
      const { owner, run } = await started();
      await asked(owner);
      await busy(owner);
      refused(await f.braid(...args.map((word) => (word === "RUN" ? run : word))), code, words);
      ran(await f.braid("cancel", run), 0);
    });

  it("takes malformed, huge, stale and strange files for what they are, and goes on hearing", async () => {
    const { owner, run } = await started();
    await asked(owner);
    const name = (i: number) => `00000000${i}-00000000000${i}.json`;
    const put = (i: number, content: string) => writeFileSync(join(inbox(run), name(i)), content);
    const sent = (until: number, command: unknown, version = 1) => JSON.stringify({ version, until, command });
    const later = Date.now() + 60_000;
    put(1, "{ not json");
    put(2, sent(later, { type: "launch" }));
    put(3, " ".repeat(70_000));
    put(4, sent(Date.now() - 1, { type: "cancel" }));
    put(5, sent(later, { type: "cancel" }, 2));
    put(6, sent(later, { type: "cancel", subtask: "works" }));
    mkdirSync(join(inbox(run), name(7)));
    symlinkSync(join(f.repo.dir, "plan.yml"), join(inbox(run), name(8)));
    writeFileSync(join(inbox(run), "cancel.json"), sent(later, { type: "cancel" }));
    writeFileSync(join(inbox(run), "..json"), sent(later, { type: "cancel" }));
    // Carried out behind all of them.
    ran(await f.braid("stop", run, "works"), 0);
    ran(await f.braid("answer", run, "blue"), 0);
    const outcome = await owner.ended;
    ran(outcome, 3);
    ok(!outcome.events.some((event) => event.type === "run.cancelled"));
    ok(existsSync(join(f.repo.dir, "plan.yml")));
    const replies = readdirSync(inbox(run)).filter((file) => file.endsWith(".reply"));
    deepEqual(
      replies,
      [1, 2, 3, 4, 5, 6, 7, 8].map((i) => name(i).replace("json", "reply")),
    );
  });

  it("a command is carried out once, also if the same file comes again", async () => {
    const { owner, run } = await started();
    await asked(owner);
    await busy(owner);
    const file = join(inbox(run), "000000001-000000000001.json");
    const content = {
      version: 1,
      until: Date.now() + 60_000,
      command: { type: "message", subtask: "works", text: "once" },
    };
    writeFileSync(file, JSON.stringify(content));
    await owner.seen((event) => event.type === "worker.messaged");
    writeFileSync(file, JSON.stringify(content));
    ran(await f.braid("cancel", run), 0);
    const { events } = await owner.ended;
    equal(events.filter((event) => event.type === "worker.messaged").length, 1);
  });

  it("an owner that was killed: what needs a worker is refused, the rest is done without one", async () => {
    const { owner, run } = await started();
    await asked(owner);
    await busy(owner);
    owner.child.kill("SIGKILL");
    await owner.ended;
    refused(await f.braid("answer", run, "blue"), 2, new RegExp(`Nobody runs ${run} now.*braid resume ${run}`, "u"));
    for (const args of [
      ["message", run, "works", "x"],
      ["stop", run, "works"],
      ["pause", run],
    ])
      refused(await f.braid(...args), 2, /Nobody runs .*braid resume/u);
    ran(await f.braid("cancel", run), 0);
    match((await f.braid("status")).stdout, /^CANCELLED/mu);
    refused(await f.braid("retry", run, "works", "--agent", "poet"), 2, /Unknown role "poet"/u);
    refused(await cli(["cancel", "nonsense"], { cwd: f.repo.dir, env: f.env }), 2, /no run "nonsense"/u);
  });

  it("what an owner that died left half done is told, and never done again", async () => {
    // A command that was cut off is run again, and this one is not to hold the test up.
    await f.play(SCENARIO.replace("sleep 300", "true"));
    const { owner, run } = await started();
    await asked(owner);
    owner.child.kill("SIGKILL");
    await owner.ended;
    const taken = "000000001-000000000001.json";
    const content = JSON.stringify({ version: 1, until: Date.now() + 600_000, command: { type: "cancel" } });
    writeFileSync(join(inbox(run), `${taken}.taken`), content);
    const next = startCli(["resume", run, "--ask", "never", "--json"], { cwd: f.repo.dir, env: f.env });
    ran(await next.ended, 3);
    match(f.repo.read(`.git/braid/runs/${run}/inbox/000000001-000000000001.reply`), /run\.interrupted/u);
  });
});
