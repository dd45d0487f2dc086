import { deepEqual, equal, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { blocksOf, type MessagesRequest } from "../../src/demo/request";
import { startCli } from "../support/cli";
import { ONE, ran, useCli } from "../support/cli-fixture";

/*
 * F22: calls without an answer can get into a history only where a process ends between an answer of the model and the results
 * of its tools. The demo server refuses such a request, as the API does.
 */
describe("F22 a run killed between an answer and the results of its tools", function () {
  this.timeout(120_000);
  const t = useCli();

  const WAITS = `{ tool: bash, input: { command: "while [ ! -e go ]; do sleep 0.1; done", timeout_ms: 4000 } }`;
  const SCENARIO = `defaults: { unmatched: error }
rules:
  - { when: { subtask: one, turn: 1 }, reply: [{ tool: write, input: { file_path: a.md, content: x } }, ${WAITS}] }
  - { when: { subtask: one }, reply: [text: Done.] }
`;

  it("is resumed with every call answered", async () => {
    await t.play(SCENARIO);
    const file = join(t.home.dir, "p.yml");
    writeFileSync(file, ONE);
    const killed = startCli(["run", file, "--yes", "--json"], { cwd: t.repo.dir, env: t.env });
    await killed.seen(({ type }) => type === "turn.completed");
    killed.child.kill("SIGKILL");
    equal((await killed.ended).code, null);

    ran(await t.braid("resume", "--yes"), 3);
    const bodies = t.server.requests.flatMap(({ body }) => body ?? []);
    ok(bodies.length >= 2);
    for (const body of bodies) deepEqual(openCalls(body), []);
    equal(t.repo.git("status", "--porcelain"), "");
  });
});

/** Calls in a request nobody answers in the next message. */
function openCalls({ messages }: MessagesRequest): readonly unknown[] {
  return messages.flatMap(({ content }, at) => {
    const answered = new Set(blocksOf(messages[at + 1]?.content ?? []).map((block) => block["tool_use_id"]));
    return blocksOf(content).filter((block) => block.type === "tool_use" && !answered.has(block["id"]));
  });
}
