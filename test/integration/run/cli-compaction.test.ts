import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContextUse } from "../../../src/core/context-use";
import type { Usage } from "../../../src/core/usage";
import { startCli } from "../../support/cli";
import { ONE, ran, useCli } from "../../support/cli-fixture";

describe("a context that grows too long", function () {
  this.timeout(60_000);
  const t = useCli();

  const WRITE = "{ tool: write, input: { file_path: 'notes/{{subtask}}.md', content: x } }";
  const SUMMARY =
    "  - { when: { contains: Your context window is nearly full }, reply: [text: I wrote the note.], usage: { output_tokens: 77 } }\n";
  const AFTER = "  - { when: { contains: I wrote the note. }, reply: [text: Done.] }\n";
  const run = async (scenario: string) => {
    await t.play(scenario);
    const file = join(t.home.dir, "p.yml");
    writeFileSync(file, ONE);
    return t.braid("run", file, "--yes", "--json");
  };
  const bodies = () => t.server.requests.map(({ body }) => body);

  it("is summed up by the model; log, status and cost tell of it", async () => {
    const outcome = await run(
      `rules:\n${SUMMARY}${AFTER}  - { when: { turn: 1 }, reply: [thinking: hm, ${WRITE}], usage: { input_tokens: 800000 } }\n`,
    );
    ran(outcome, 3);
    const compacted = outcome.events.find(({ type }) => type === "context.compacted");
    const { before, after, usage } = compacted as unknown as { before: number; after: number; usage: Usage };
    ok(before > 800_000 && after < before, `${before} → ${after}`);
    equal(usage.outputTokens, 77);
    const [first, asked, next] = bodies();
    equal(t.server.requests.length, 3);
    deepEqual([asked?.tools, asked?.system], [first?.tools, first?.system]);
    equal(asked?.tool_choice?.type, "none");
    ok(!JSON.stringify([asked?.messages, next?.messages]).includes('"thinking"'));
    const [assignment] = first?.messages ?? [];
    const [said] = next?.messages ?? [];
    ok(Array.isArray(assignment?.content) && Array.isArray(said?.content));
    equal(said.content[0]?.["text"], assignment.content[0]?.["text"]);
    match(JSON.stringify(said.content[1]), /I wrote the note\./u);

    // What the API counted, against the window the agent keeps to.
    const [full, short] = outcome.events.flatMap((event) =>
      event.type === "turn.completed" ? [event["context"] as ContextUse] : [],
    );
    ok(
      full !== undefined && full.tokens > 800_000 && full.tokens <= before && full.window === 1_000_000,
      `${full?.tokens}`,
    );
    ok(short !== undefined && short.tokens < after * 2 && short.isEstimate === undefined, `${short?.tokens}`);
    const status = await t.braid("status");
    match(status.stdout, /one .*compacted 1×/u);
    const [shown] = JSON.parse((await t.braid("status", "--json")).stdout).runs;
    const sum = outcome.events.flatMap((event) =>
      event.type === "turn.completed" || event.type === "context.compacted" ? [event["usage"] as Usage] : [],
    );
    equal(
      shown.usage.outputTokens,
      sum.reduce((total, each) => total + each.outputTokens, 0),
    );
  });

  it("counts towards the budget: no summary where it is spent", async () => {
    await t.play(
      `rules:\n${SUMMARY}${AFTER}  - { when: { turn: 1 }, reply: [${WRITE}], usage: { input_tokens: 800000 } }\n`,
    );
    const file = join(t.home.dir, "b.yml");
    writeFileSync(file, `budget: { tokens: 100000 }\n${ONE}`);
    ran(await t.braid("run", file, "--yes"), 4);
    equal(t.server.requests.length, 1);
  });

  it("that the API refuses is made shorter once, and the work goes on", async () => {
    writeFileSync(join(t.repo.dir, "big.txt"), "A line of text.\n".repeat(5_000));
    t.repo.commit("big");
    const READ = "{ tool: read, input: { file_path: big.txt } }";
    const outcome = await run(
      `defaults: { context_tokens: 10000 }\nrules:\n${SUMMARY}${AFTER}  - { when: { turn: 1 }, reply: [${WRITE}, ${READ}] }\n`,
    );
    ran(outcome, 3);
    equal(outcome.events.filter(({ type }) => type === "context.compacted").length, 1);
    match((await t.braid("status")).stdout, /one .*\[REVIEW\].*compacted 1×/u);
  });

  it("is in the log once, also where Braid was killed right behind it", async () => {
    await t.play(
      `rules:\n${SUMMARY}  - { when: { contains: I wrote the note. }, latency: { first_token_ms: 1500 }, reply: [text: Done.] }\n  - { when: { turn: 1 }, reply: [${WRITE}], usage: { input_tokens: 800000 } }\n`,
    );
    const file = join(t.home.dir, "k.yml");
    writeFileSync(file, ONE);
    const running = startCli(["run", file, "--yes", "--json"], { cwd: t.repo.dir, env: t.env });
    const { run: id } = await running.seen(({ type }) => type === "context.compacted");
    running.child.kill("SIGKILL");
    await running.ended;
    // As it is where the process ends before the next call is prepared: the answer is the last the record has.
    const record = join(t.repo.dir, ".git/braid/runs", id, "turns/1-1.jsonl");
    const lines = readFileSync(record, "utf8").trimEnd().split("\n");
    const last = lines.findLastIndex((line) => line.includes('"kind":"reply"'));
    writeFileSync(record, `${lines.slice(0, last + 1).join("\n")}\n`);
    const resumed = await t.braid("resume", id, "--json");
    ran(resumed, 3);
    equal(resumed.events.filter(({ type }) => type === "context.compacted").length, 0);
    const [shown] = JSON.parse((await t.braid("status", "--json")).stdout).runs;
    equal(shown.waves[0].subtasks[0].compactions, 1);
  });
});
