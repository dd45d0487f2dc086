import { equal, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ran, useCli } from "../../support/cli-fixture";

describe("effort", function () {
  this.timeout(60_000);
  const t = useCli();

  const PLAN = `task: Two files
subtasks:
  - { id: one, agent: implementer }
  - { id: two, agent: documenter }
  - { id: old, agent: implementer, model: claude-sonnet-4-5 }
  - { id: asks, agent: implementer, model: claude-sonnet-4-6 }
`;

  /** The bodies sent for a subtask. */
  const bodiesOf = (subtask: string) => {
    const bodies = t.server.requests.filter(({ facts }) => facts.subtask === subtask).flatMap(({ body }) => body ?? []);
    ok(bodies.length > 0, subtask);
    return bodies;
  };
  const check = (subtask: string, effort: string | undefined, thinking?: string) => {
    for (const body of bodiesOf(subtask)) {
      equal((body.output_config as { effort?: string } | undefined)?.effort, effort, subtask);
      equal(body.thinking?.type, thinking, subtask);
    }
  };

  it("is the role's own, and the user's where there is one; a model that knows none is sent none", async () => {
    const file = join(t.home.dir, "p.yml");
    writeFileSync(file, PLAN);
    ran(await t.braid("run", file, "--yes"), 3);
    check("one", "medium");
    check("two", "low");
    check("old", undefined);
    check("asks", "medium", "adaptive");

    await t.play(
      "rules:\n  - when: { turn: 1 }\n    reply: [{ tool: write, input: { file_path: '{{subtask}}.md', content: x } }]\n",
    );
    ran(await t.braid("run", file, "--yes", "--effort", "documenter=max,*=low"), 3);
    check("one", "low");
    check("two", "max");
    check("old", undefined);
  });
});
