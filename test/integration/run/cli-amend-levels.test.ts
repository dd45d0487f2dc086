import { deepEqual, equal, match, ok } from "node:assert/strict";
import { ran } from "../../support/cli-fixture";
import {
  amends,
  HIERARCHICAL,
  LEVELS,
  SURVEY,
  SYNTHESIZER,
  typesOf,
  useAmending,
  WORKERS,
} from "../../support/amending";

describe("amendments of a hierarchical plan", function () {
  this.timeout(120_000);
  const { t, view, asked, run } = useAmending();

  it("make the second level from the findings of the first, and the synthesis comes last", async () => {
    const outcome = await run(HIERARCHICAL, SURVEY + LEVELS, "--yes", "--accept", "passing");
    ran(outcome, 0);
    deepEqual(typesOf(outcome.events, "amendment", "plan.amended", "synthesis"), [
      "amendment.requested",
      "amendment.proposed",
      "plan.amended",
      "amendment.requested",
      "amendment.unneeded",
      "synthesis.started",
      "synthesis.completed",
    ]);
    equal(t.repo.read("mend-a.txt"), "mend-a\n");
    equal(t.repo.read("mend-b.txt"), "mend-b\n");
    const { phase, amendments, waves, usage } = await view();
    deepEqual([phase, amendments.unneeded], ["done", "Both files are there."]);
    deepEqual(
      waves.map((wave: { subtasks: { id: string; amended: object }[] }) => wave.subtasks.map((s) => s.id)),
      [["survey"], ["mend-a", "mend-b"]],
    );
    ok(usage.usd > 0);
    const told = JSON.stringify(asked()[0]?.body?.messages);
    match(told, /Goal: Fix what the survey finds.*Every subtask of the plan has ended.*Report: Two files are wrong/su);
    deepEqual(
      asked()[0]
        ?.body?.tools?.map((tool) => tool.name)
        .toSorted(),
      ["glob", "grep", "read", "read_note", "submit_amendment"],
    );
    equal(t.repo.git("worktree", "list").split("\n").length, 1);
    equal(t.repo.git("for-each-ref", "refs/braid").split("\n").length, 2);
  });

  it("wait for the user, who sees what they are and what will run; nothing of them runs before", async () => {
    const outcome = await run(HIERARCHICAL, SURVEY + LEVELS, "--yes", "--amend", "ask");
    ran(outcome, 3);
    ok(!outcome.events.some((e) => e.type === "plan.amended" || e.type.startsWith("synthesis")));
    equal((await view()).phase, "amendment");
    const status = await t.braid("status");
    match(status.stdout, /Amendment 1 waits for approval: Mend a and b\./u);
    match(status.stdout, /added mend-a: implementer after survey: mend-a/u);
    match(status.stdout, /will run in the sandbox: test -f mend-a\.txt/u);
    const waiting = await t.braid("amend");
    ran(waiting, 3);
    match(waiting.stdout, /Amendment 1 waits.*braid amend \S+ --yes, or braid amend \S+ --decline/su);
    ran(await t.braid("amend", "--yes"), 0);
    const resumed = await t.braid("resume", "--yes", "--accept", "all");
    ran(resumed, 0);
    match(resumed.stdout, /No amendment: Both files are there\..*Synthesis: All brought together/su);
    equal(t.repo.read("mend-a.txt"), "mend-a\n");
  });

  it("that the user declines are not asked for again, and the synthesis is made", async () => {
    ran(await run(HIERARCHICAL, SURVEY + LEVELS, "--yes", "--amend", "ask"), 3);
    const declined = await t.braid("amend", "--decline", "--reason", "enough", "--json");
    ran(declined, 0);
    deepEqual(
      declined.events.map((e) => [e.type, e["reason"]]),
      [["amendment.declined", "enough"]],
    );
    const resumed = await t.braid("resume", "--json");
    ran(resumed, 0);
    deepEqual(typesOf(resumed.events, "amendment", "synthesis"), ["synthesis.started", "synthesis.completed"]);
    equal(asked().length, 1);
  });

  it("end with the most levels a plan may have", async () => {
    const reports = "  - when: { role: researcher }\n    reply: [{ tool: report, input: { summary: Looked. } }]\n";
    const each = [2, 3, 4, 5, 6].map((n) =>
      amends(`{ reason: Level ${n}., add: [{ id: l${n}, agent: researcher }] }`, ", times: 1"),
    );
    const outcome = await run(HIERARCHICAL, reports + each.join(""), "--yes");
    ran(outcome, 0);
    equal(outcome.events.filter((e) => e.type === "plan.amended").length, 4);
    match(String(outcome.events.find((e) => e.type === "amendment.unneeded")?.["reason"]), /has 5 levels/u);
    equal(typesOf(outcome.events, "synthesis").length, 2);
  });

  it("are not made where they are switched off", async () => {
    const outcome = await run(HIERARCHICAL, SURVEY + LEVELS, "--yes", "--amend", "off");
    ran(outcome, 0);
    deepEqual(typesOf(outcome.events, "amendment", "synthesis"), ["synthesis.started", "synthesis.completed"]);
    equal(asked().length, 0);
  });

  it("that the planner gets wrong four times are given up, and asked for again when the run is resumed", async () => {
    const wrong = amends("{ reason: r, drop: [survey] }");
    const outcome = await run(HIERARCHICAL, SURVEY + wrong, "--yes");
    ran(outcome, 1);
    equal(asked().length, 4);
    match(JSON.stringify(asked()[3]?.body?.messages), /\\"survey\\" is finished; only what has not started/u);
    const { phase, amendments } = await view();
    deepEqual([phase, amendments.failure.code], ["failed", "plan.invalid"]);
    ok(!outcome.events.some((e) => e.type.startsWith("synthesis")));
    await t.play(`rules:\n${SURVEY}${LEVELS}${WORKERS}${SYNTHESIZER}`);
    const resumed = await t.braid("resume", "--json", "--yes", "--accept", "all");
    ran(resumed, 0);
    equal(t.repo.read("mend-b.txt"), "mend-b\n");
  });
});
