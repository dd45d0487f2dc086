import { deepEqual, equal, match, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CliEvent } from "../../support/cli";
import { ran, useCli, wide } from "../../support/cli-fixture";

interface Spent {
  readonly usd: number;
}

/** Every turn writes a file and costs the same; nobody ever reports. */
const EXPENSIVE = `rules:
  - reply: [{ tool: write, input: { file_path: "notes/{{subtask}}.md", content: "turn {{turn}}\\n" } }]
    usage: { input_tokens: 500, output_tokens: 300, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }
`;
/** 500 and 300 tokens of claude-sonnet-5-5 at $2 and $10 a million. */
const CALL_USD = 0.004;

describe("a run with a budget", function () {
  this.timeout(60_000);
  const t = useCli();

  const costs = (events: readonly CliEvent[]) =>
    events.flatMap((e) => (e.type === "turn.completed" ? [(e["usage"] as Spent).usd] : []));

  it("of $0.05 with eight workers stops within one call of it, exit 4, with partial work in review", async () => {
    await t.play(EXPENSIVE);
    writeFileSync(join(t.home.dir, "p.yml"), `budget: { usd: 0.05 }\n${wide(8)}`);
    const outcome = await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--json", "--concurrency", "8");
    ran(outcome, 4);
    const total = costs(outcome.events).reduce((sum, usd) => sum + usd, 0);
    ok(total >= 0.05 && total < 0.05 + CALL_USD, `$${total}`);
    equal(t.server.requests.length, costs(outcome.events).length, "every call sent is in the log");
    const failed = outcome.events.filter((e) => e.type === "subtask.failed");
    equal(failed.length, 8);
    for (const event of failed) match(JSON.stringify(event), /budget\.reached.*budget of \$0\.05 is used up: \$0\.05/u);
    equal(outcome.events.filter((e) => e.type === "subtask.retried").length, 0);
    const status = await t.braid("status");
    match(status.stdout, /REVIEW|FAILED/u);
    match(status.stdout, /\$0\.05\d* of \$0\.05/u);
    const [run] = JSON.parse((await t.braid("status", "--json")).stdout).runs;
    const partial = run.waves[0].subtasks.filter((s: { reviewable: boolean }) => s.reviewable);
    ok(partial.length > 0, "somebody got as far as a file");
    ran(await t.braid("accept", run.id, partial[0].id), 0);
    match(t.repo.read(`notes/${partial[0].id}.md`), /^turn \d+\n$/u);
  });

  it("of tokens too; what has not begun when it is used up never begins", async () => {
    await t.play(EXPENSIVE);
    writeFileSync(join(t.home.dir, "p.yml"), `budget: { tokens: 1000 }\n${wide(6)}`);
    const outcome = await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--json", "--concurrency", "2");
    ran(outcome, 4);
    equal(costs(outcome.events).length, 2);
    equal(outcome.events.filter((e) => e.type === "subtask.started").length, 2);
    deepEqual(new Set(outcome.events.filter((e) => e.type === "subtask.failed").map((e) => e.subtask)).size, 6);
  });

  it("holds where the server does not count, by an estimate that is said to be one", async () => {
    await t.play(EXPENSIVE.replace("500", "0").replace("300", "0"));
    writeFileSync(join(t.home.dir, "p.yml"), `budget: { tokens: 10000 }\n${wide(1)}`);
    const outcome = await t.braid("run", join(t.home.dir, "p.yml"), "--yes");
    ran(outcome, 4);
    match(outcome.stdout, /budget of 10000 tokens is used up/u);
    match(outcome.stdout, /about \$[^]*The server does not say how many tokens it uses/u);
  });

  it("that was reached is raised by resume: told once how, tried in vain never, and the attempt goes on", async () => {
    await t.play(`rules:
  - when: { turn: 1 }
    reply: [{ tool: write, input: { file_path: "notes/{{subtask}}.md", content: "x\\n" } }]
    usage: { input_tokens: 500, output_tokens: 300, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }
`);
    writeFileSync(join(t.home.dir, "p.yml"), `budget: { usd: ${CALL_USD} }\n${wide(3)}`);
    const first = await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--concurrency", "1");
    ran(first, 4);
    const sentences = first.stdout.match(/budget of \$0\.004 is used up: .*/gu) ?? [];
    equal(sentences.length, 1, first.stdout);
    match(sentences[0] ?? "", /To go on, raise it: braid resume r\w+ --budget 0\.008, or Resume Run in VS Code\./u);
    const asked = t.server.requests.length;
    const vain = await t.braid("resume", "--json");
    ran(vain, 4);
    deepEqual([vain.events.filter((e) => "subtask" in e), t.server.requests.length], [[], asked]);
    const less = await t.braid("resume", "--budget", "0.001");
    ran(less, 2);
    match(less.stderr, /budget of \$0\.001 is used up: \$0\.0040 spent\. Give it more than is spent\./u);
    const outcome = await t.braid("resume", "--budget", "1", "--json");
    ran(outcome, 3);
    const [raised, ...rest] = outcome.events;
    deepEqual([raised?.type, raised?.["budget"]], ["budget.changed", { usd: 1 }]);
    const starts = rest.filter((e) => e.type === "subtask.started");
    deepEqual(
      starts.map((e) => [e.subtask, e["continues"]]),
      [
        ["part-1", true],
        ["part-2", undefined],
        ["part-3", undefined],
      ],
    );
    equal(starts[0]?.["attempt"], 1);
    equal(t.server.requests.length - asked, 5, "what was paid for is not asked again");
    match((await t.braid("status")).stdout, / of \$1\b/u);
  });

  it("that is never reached changes nothing", async () => {
    writeFileSync(join(t.home.dir, "p.yml"), `budget: { usd: 5, tokens: 5000000, minutes: 60 }\n${wide(3)}`);
    ran(await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--accept", "passing"), 0);
  });
});
