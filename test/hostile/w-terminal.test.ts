import { deepEqual, equal, match } from "node:assert/strict";
import { main } from "../../src/cli/main";
import { stayingLine } from "../../src/cli/staying";
import type { Terminal } from "../../src/cli/terminal";
import { visibleText } from "../../src/core/visible";
import { PAYLOADS } from "../support/hostile-text";
import { useReviewRun } from "../support/review-run";

/** A name that turns round what stands behind it; one with controls no tool would write. */
const NAME = "\u202e\u2066\u200bkey.txt";

describe("what a terminal is given of strangers' texts (W05)", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: { a: "1\n" },
    plan: { subtasks: [{ id: "secret" }, { id: "first" }, { id: "second" }] },
    writes: {
      secret: { [NAME]: "id: AKIAIOSFODNN7EXAMPLE\n" },
      first: { [`${NAME}.md`]: "1\n" },
      second: { [`${NAME}.md`]: "2\n" },
    },
  });

  /** One command line, carried out in this process. */
  async function braid(...argv: readonly string[]) {
    const lines: string[] = [];
    const terminal: Terminal = {
      cwd: t.repo.dir,
      env: {},
      interactive: false,
      out: (line) => void lines.push(line),
      error: (line) => void lines.push(line),
      confirm: async () => false,
      ask: async () => "",
      onInterrupt: () => () => undefined,
    };
    return { code: await main(argv, terminal), said: lines.join("\n") };
  }

  it("W05 why results stay out, and refusals, name what cannot be seen and move no cursor", async () => {
    const { id } = t.run;
    await t.run.close();
    const passing = await braid("accept", id, "--all-passing");
    match(passing.said, /secret stays in review: it holds what looks like/u);
    equal((await braid("accept", id, "first")).code, 0);
    const refused = await braid("accept", id, "second");
    match(refused.said, /braid: "second" conflicts/u);
    const unknown = await braid("accept", id, "secret", "--only", `${NAME}x`);
    equal(unknown.code === 0, false);
    const shown = await braid("review", id, "secret");
    for (const { said } of [passing, refused, unknown, shown]) equal(visibleText(said, "prose"), said);
    await t.reopen();
  });

  it("W05 one line for each payload", () => {
    for (const reason of PAYLOADS) {
      const line = stayingLine("r", { subtask: "a", reason, byName: true });
      deepEqual([visibleText(line, "prose"), line.includes("\u001b")], [line, false]);
    }
  });
});
