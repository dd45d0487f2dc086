import { deepEqual, equal, match, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCli } from "../../support/cli";
import { mostAtOnce, ran } from "../../support/cli-fixture";
import {
  amends,
  CHAIN,
  ESCALATES,
  HARD,
  HIERARCHICAL,
  LEVELS,
  ONE_SUBTASK,
  SURVEY,
  SYNTHESIZER,
  typesOf,
  useAmending,
  WORKERS,
} from "../../support/amending";

describe("amendments", function () {
  this.timeout(120_000);
  const { t, view, asked, plan, run } = useAmending();

  describe("after a failure", () => {
    it("give the subtask another model, and its dependents go on", async () => {
      const outcome = await run(CHAIN, HARD + ESCALATES, "--yes", "--accept", "all");
      ran(outcome, 0);
      match(t.repo.read("first.txt"), /^done by claude-opus/u);
      equal(t.repo.read("second.txt"), "second\n");
      const requested = outcome.events.find((e) => e.type === "amendment.requested");
      equal(requested?.["occasion"], "failures");
      match(JSON.stringify(asked()[0]?.body?.messages), /first failed and others wait for it.*The model refused/su);
    });

    it("split it: its parts take its place, the dependents follow", async () => {
      const split = amends(
        "{ reason: Too much at once., drop: [first], add: [{ id: first-a }, { id: first-b }], change: [{ id: second, dependencies: [first-a, first-b] }] }",
      );
      const outcome = await run(CHAIN, HARD + split, "--yes", "--accept", "all");
      ran(outcome, 0);
      const { waves } = await view();
      const rows = waves.flatMap((w: { subtasks: { id: string; status: string; reason: string | null }[] }) =>
        w.subtasks.map((s) => `${s.id} ${s.status} ${s.reason ?? ""}`.trim()),
      );
      deepEqual(rows.toSorted(), [
        "first skipped dropped by amendment 1",
        "first-a accepted",
        "first-b accepted",
        "second accepted",
      ]);
      // Its place stays its own: the new ones come after it.
      const refs = t.repo.git("for-each-ref", "--format=%(refname)", "refs/braid").split("\n");
      deepEqual(refs.map((ref) => ref.split("/").slice(-2).join("/")).toSorted(), ["2/1", "3/1", "4/1"]);
    });

    it("are asked for once for each set of failures", async () => {
      const outcome = await run(CHAIN, HARD + amends("{ reason: I know no way. }"), "--yes");
      ran(outcome, 1);
      deepEqual(typesOf(outcome.events, "amendment"), ["amendment.requested", "amendment.unneeded"]);
      equal(asked().length, 1);
      match((await t.braid("status")).stdout, /No amendment: I know no way\./u);
    });

    it("are not asked for where they are switched off, nor where nobody waits for what failed", async () => {
      ran(await run(CHAIN, HARD + ESCALATES, "--yes", "--amend", "off"), 1);
      equal(asked().length, 0);
      ran(await run("task: One\nsubtasks: [{ id: first }]\n", HARD + ESCALATES, "--yes"), 1);
      equal(asked().length, 0);
    });

    it("fall back to one worker at a time", async () => {
      const wide = `task: Many
subtasks:
  - { id: first }
  - { id: p1, dependencies: [first] }
  - { id: p2, dependencies: [first] }
  - { id: p3, dependencies: [first] }
  - { id: p4, dependencies: [first] }
`;
      const fallback = (sequential: boolean) =>
        amends(`{ reason: r, change: [{ id: first, model: opus }]${sequential ? ", sequential: true" : ""} }`);
      const slow = `  - when: { role: implementer, turn: 1, subtask: /p/ }
    reply: [{ tool: bash, input: { command: sleep 0.3; echo x > {{subtask}}.txt } }]
`.replace("command: sleep 0.3; echo x > {{subtask}}.txt", 'command: "sleep 0.3; echo x > {{subtask}}.txt"');
      const atOnce = async (sequential: boolean) => {
        const outcome = await run(wide, HARD + fallback(sequential) + slow, "--yes", "--concurrency", "4");
        ran(outcome, 3);
        return mostAtOnce(outcome.events);
      };
      ok((await atOnce(false)) > 1);
      equal(await atOnce(true), 1);
      match((await t.braid("status")).stdout, /One worker at a time, as an amendment says\./u);
    });
  });

  describe("that the user wants", () => {
    it("are asked of the planner with the user's note, and count to the planner", async () => {
      ran(await run(ONE_SUBTASK, amends("{ reason: As you wish., add: [{ id: two }] }"), "--yes", "--amend", "ask"), 3);
      const before = (await view()).usage.usd;
      const outcome = await t.braid("amend", "--note", "a second file, please", "--yes");
      ran(outcome, 0);
      match(
        outcome.stdout,
        /Amendment 1 waits for approval: As you wish\.\n  added two: implementer: two\nPlan amended \(1\): 2 subtasks\./u,
      );
      match(JSON.stringify(asked()[0]?.body?.messages), /Note from the user: a second file, please/u);
      ok((await view()).usage.usd > before);
      const resumed = await t.braid("resume", "--accept", "all");
      ran(resumed, 0);
      equal(t.repo.read("two.txt"), "two\n");
    });

    it("come from a file, and one that is wrong says where", async () => {
      ran(await run(ONE_SUBTASK, "", "--yes", "--amend", "ask"), 3);
      const file = join(t.home.dir, "a.yml");
      for (const [text, words] of [
        ["reason: r\nadd: [{ id: two, todo: 1 }]\n", /a\.yml: add\.0: Unrecognized key: "todo"/u],
        ["reason: [\n", /a\.yml: .*line 2/su],
        ["add: [{ id: two }]\n", /a\.yml: reason: /u],
        ["reason: r\ndrop: [one]\n", /"one" is finished; only what has not started/u],
        ["reason: r\n", /It changes nothing\./u],
      ] as const) {
        writeFileSync(file, text);
        const outcome = await t.braid("amend", "--file", file);
        ran(outcome, 2);
        match(outcome.stderr, words);
      }
      writeFileSync(file, "reason: r\nadd: [{ id: two, dependencies: [one] }]\n");
      const outcome = await t.braid("amend", "--file", file, "--json");
      ran(outcome, 3);
      deepEqual(
        outcome.events.map((e) => e.type),
        ["amendment.proposed"],
      );
      ran(await t.braid("amend", "--yes"), 0);
      equal(asked().length, 0);
    });

    it("cannot be decided on where none waits", async () => {
      ran(await run(ONE_SUBTASK, "", "--yes", "--amend", "ask"), 3);
      const outcome = await t.braid("amend", "--decline");
      ran(outcome, 2);
      match(outcome.stderr, /No amendment waits for a decision\. Ask for one: braid amend /u);
    });
  });

  it("of a run that another process owns are asked for, refused when they come too late, and declined", async () => {
    const late = amends("{ reason: Try opus., change: [{ id: late, model: opus }] }");
    await t.play(`rules:
${late}  - when: { subtask: late, attempt: 1 }
    reply: []
    stop_reason: refusal
  - when: { role: implementer }
    fault: { kind: stall, at: headers }
`);
    const file = plan("task: Two\nsubtasks: [{ id: stays }, { id: late }]\n");
    const running = startCli(["run", file, "--yes", "--amend", "ask", "--json"], { cwd: t.repo.dir, env: t.env });
    await running.seen((e) => e.type === "subtask.failed");
    const nothing = await t.braid("amend", "--decline");
    ran(nothing, 2);
    match(nothing.stderr, /No amendment waits for a decision/u);
    const sent = await t.braid("amend", "--note", "another model");
    ran(sent, 0);
    match(sent.stdout, /The planner looks at the plan again/u);
    await running.seen((e) => e.type === "amendment.proposed");
    const shown = await t.braid("amend");
    ran(shown, 3);
    match(
      shown.stdout,
      /Amendment 1 waits for approval: Try opus\.\n {2}changed late: tried again; model unset → opus/u,
    );
    ran(await t.braid("retry", (await view()).id, "late"), 0);
    await running.seen((e) => e.type === "subtask.started" && e["attempt"] === 2);
    const refused = await t.braid("amend", "--yes");
    ran(refused, 2);
    match(refused.stderr, /Amendment 1 no longer fits the run: "late" is running/u);
    ran(await t.braid("amend", "--decline", "--reason", "too late"), 0);
    writeFileSync(join(t.home.dir, "a.yml"), "reason: r\nadd: [{ id: more }]\n");
    ran(await t.braid("amend", "--file", join(t.home.dir, "a.yml")), 0);
    ran(await t.braid("amend", "--yes"), 0);
    await running.seen((e) => e.type === "subtask.started" && e.subtask === "more");
    ran(await t.braid("cancel"), 0);
    equal((await running.ended).code, 130);
    deepEqual(typesOf((await running.ended).events, "amendment", "plan.amended"), [
      "amendment.requested",
      "amendment.proposed",
      "amendment.declined",
      "amendment.proposed",
      "plan.amended",
    ]);
  });

  it("survive a crash: what was proposed is shown again, what the planner was asked is asked again", async () => {
    await t.play(
      `rules:\n${SURVEY}  - when: { system_contains: submit_amendment }\n    fault: { kind: stall, at: headers }\n`,
    );
    const stalled = startCli(["run", plan(HIERARCHICAL), "--yes", "--amend", "ask", "--json"], {
      cwd: t.repo.dir,
      env: t.env,
    });
    await stalled.seen((e) => e.type === "amendment.requested");
    stalled.child.kill("SIGKILL");
    await stalled.ended;
    await t.play(`rules:\n${SURVEY}${LEVELS}${WORKERS}${SYNTHESIZER}`);
    const asking = startCli(["resume", "--json"], { cwd: t.repo.dir, env: t.env });
    await asking.seen((e) => e.type === "amendment.proposed");
    asking.child.kill("SIGKILL");
    const { events } = await asking.ended;
    deepEqual(typesOf(events, "amendment"), ["amendment.failed", "amendment.requested", "amendment.proposed"]);
    const shown = await t.braid("resume");
    ran(shown, 3);
    match(shown.stdout, /Amendment 1 waits for approval: Mend a and b\./u);
    const resumed = await t.braid("resume", "--yes", "--accept", "all");
    ran(resumed, 0);
    equal(t.repo.read("mend-b.txt"), "mend-b\n");
    equal(t.repo.git("worktree", "list").split("\n").length, 1);
  });
});
