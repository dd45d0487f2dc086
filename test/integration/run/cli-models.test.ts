import { deepEqual, equal, match, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cli } from "../../support/cli";
import { ONE, ran, useCli, writes } from "../../support/cli-fixture";

describe("models and their prices", function () {
  this.timeout(60_000);
  const t = useCli();
  const NEWER = `models:
  - { id: claude-sonnet-9, line: sonnet, created_at: "2030-01-01T00:00:00Z" }
  - { id: claude-sonnet-5-5, line: sonnet, created_at: "2026-01-01T00:00:00Z" }
`;
  const planFile = (text: string): string => {
    const file = join(t.home.dir, "p.yml");
    writeFileSync(file, text);
    return file;
  };
  const withPrices = (text: string, ...args: readonly string[]) => {
    const file = join(t.home.dir, "prices.json");
    writeFileSync(file, text);
    return cli(args, { cwd: t.repo.dir, env: { ...t.env, BRAID_PRICES: file } });
  };

  it("braid models says what the aliases mean now, what there is, and what it costs", async () => {
    await t.play(NEWER);
    const { stdout, code } = await t.braid("models");
    equal(code, 0);
    match(stdout, /^sonnet +claude-sonnet-9, price unknown$/mu);
    match(stdout, /^opus +claude-opus-5-5, \$4 in, \$20 out per million tokens$/mu);
    match(stdout, /^claude-sonnet-5-5 +\$2 in/mu);
    match(stdout, /Prices of 2026-\d\d-\d\d/u);
    const json = JSON.parse((await t.braid("models", "--json")).stdout);
    deepEqual([json.listed, json.models[1].id], [true, "claude-sonnet-9"]);
    const priced = await withPrices('{ "claude-sonnet-9": { "input": 7, "output": 8 } }', "models");
    match(priced.stdout, /^sonnet +claude-sonnet-9, \$7 in, \$8 out/mu);
  });

  it("without a key it says so and shows the table", async () => {
    const { stdout, code } = await cli(["models"], { cwd: t.repo.dir });
    equal(code, 0);
    match(stdout, /^opus +claude-opus-5-5/mu);
    match(stdout, /own table: There is no API key\./u);
  });

  it("a run's aliases are those the API lists, and a model without a price is not shown as free", async () => {
    await t.play(`${NEWER}${writes("notes/{{subtask}}.md", "x")}`);
    const outcome = await t.braid("run", planFile(`${ONE}  - { id: two, dependencies: [one] }\n`), "--yes");
    ran(outcome, 3);
    // The first subtask may have begun before the list was there; nobody waits for it.
    equal(t.server.requests.at(-1)?.facts.model, "claude-sonnet-9");
    match(outcome.stdout, /tokens of unknown price|price unknown/u);
    ok(!/\$0\.00(?!\d)/u.test(outcome.stdout), outcome.stdout);
  });

  it("with a budget in dollars they are those with a price; without one the budget is refused before anything is spent", async () => {
    await t.play(`${NEWER}${writes("notes/{{subtask}}.md", "x")}`);
    const plan = (model: string) =>
      planFile(`budget: { usd: 5 }\n${ONE}    model: ${model}\n  - { id: two, dependencies: [one] }\n`);
    ran(await t.braid("run", plan("sonnet"), "--yes"), 3);
    deepEqual(new Set(t.server.requests.map(({ facts }) => facts.model)), new Set(["claude-sonnet-5-5"]));
    const before = t.server.requests.length;
    const refused = await t.braid("run", plan("my-model"), "--yes");
    ran(refused, 1);
    match(refused.stdout, /The price of my-model is not known, so a budget of \$5 cannot be kept/u);
    equal(t.server.requests.length, before);
    ran(await withPrices('{ "my-model": { "input": 1, "output": 1 } }', "run", plan("my-model"), "--yes"), 3);
  });

  for (const [text, words] of [
    ["{", /cannot be used\. It is not JSON\./u],
    ['{ "m": { "input": "a", "output": 1 } }', /m\.input: .*expected number/u],
  ] as const)
    it(`BRAID_PRICES with ${text} is refused`, async () => {
      const outcome = await withPrices(text, "run", planFile(ONE), "--yes");
      ran(outcome, 2);
      match(outcome.stderr, words);
    });
  it("BRAID_PRICES that is not there is refused", async () => {
    const outcome = await cli(["models"], { cwd: t.repo.dir, env: { ...t.env, BRAID_PRICES: "no.json" } });
    ran(outcome, 2);
    match(outcome.stderr, /The prices in no\.json cannot be used\. It cannot be read\./u);
  });
});
