import { deepEqual, equal, match, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MessagesRequest } from "../../../src/demo/request";
import { ran, useCli, wide } from "../../support/cli-fixture";

describe("the prompt cache", function () {
  this.timeout(60_000);
  const t = useCli();

  /** What the API takes as the prefix: tools, then system text. */
  const prefixOf = (body: MessagesRequest | undefined) => JSON.stringify([body?.model, body?.tools, body?.system]);
  const isMarked = (part: unknown) => (part as { cache_control?: unknown } | undefined)?.cache_control !== undefined;

  it("is shared by siblings: one prefix to the byte, with breakpoints, and the run says how much was read from it", async () => {
    // A tester among implementers has other words before the same tools.
    writeFileSync(join(t.home.dir, "p.yml"), `${wide(4)}  - { id: odd, agent: tester, files: [notes/odd.md] }\n`);
    const outcome = await t.braid(
      "run",
      join(t.home.dir, "p.yml"),
      "--yes",
      "--accept",
      "passing",
      "--concurrency",
      "1",
    );
    ran(outcome, 0);
    const requests = t.server.requests.filter(({ facts }) => facts.subtask.startsWith("part-"));
    equal(requests.length, 8);
    equal(new Set(requests.map(({ body }) => prefixOf(body))).size, 1);
    const odd = t.server.requests.find(({ facts }) => facts.subtask === "odd");
    ok(prefixOf(odd?.body) !== prefixOf(requests[0]?.body));
    deepEqual(odd?.body?.tools, requests[0]?.body?.tools);
    for (const { body } of requests) {
      deepEqual(
        body?.tools?.map(isMarked),
        body?.tools?.map((_tool, i, all) => i === all.length - 1),
      );
      ok(Array.isArray(body?.system) && body.system.every(isMarked));
      ok(body.messages.slice(-1).every(({ content }) => Array.isArray(content) && content.some(isMarked)));
    }
    for (const { facts, body } of requests)
      ok(!prefixOf(body).includes(facts.subtask), "the subtask stands in the messages only");

    match(outcome.stdout, /DONE into main · [\d,]+ tokens · \$0\.\d+ · cache [1-9]\d %/u);
    for (const n of [2, 3, 4]) match(outcome.stdout, new RegExp(`part-${n} .*cache [1-9]\\d %`, "u"));
    const status = await t.braid("status");
    match(status.stdout, /part-2 .*cache [1-9]\d %/u);
    const [run] = JSON.parse((await t.braid("status", "--json")).stdout).runs;
    const first = run.waves[0].subtasks.find((s: { id: string }) => s.id === "part-1");
    const second = run.waves[0].subtasks.find((s: { id: string }) => s.id === "part-2");
    ok(second.cacheHitRate > first.cacheHitRate, `${second.cacheHitRate} > ${first.cacheHitRate}`);
    const { inputTokens, cacheReadTokens, cacheWriteTokens } = run.usage;
    equal(run.cacheHitRate, cacheReadTokens / (inputTokens + cacheReadTokens + cacheWriteTokens));
  });
});
