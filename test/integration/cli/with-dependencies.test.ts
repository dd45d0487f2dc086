import { deepEqual, equal, match } from "node:assert/strict";
import { main } from "../../../src/cli/main";
import type { Terminal } from "../../../src/cli/terminal";
import { useReviewRun } from "../../support/review-run";

describe("braid accept --with-dependencies, where one would not pass", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: { a: "1\n" },
    plan: { subtasks: [{ id: "key" }, { id: "on-key", dependencies: ["key"] }] },
    writes: { key: { "key.txt": "id: AKIAIOSFODNN7EXAMPLE\n" }, "on-key": { "on-key.txt": "x\n" } },
  });

  /** The command, at a terminal where somebody says this; undefined where nobody sits. */
  async function accept(says: boolean | undefined) {
    const { id } = t.run;
    await t.run.close();
    const said: string[] = [];
    const asked: string[] = [];
    const terminal: Terminal = {
      cwd: t.repo.dir,
      env: {},
      interactive: says !== undefined,
      out: (line) => void said.push(line),
      error: (line) => void said.push(line),
      confirm: async (question) => {
        asked.push(question);
        return says === true;
      },
      ask: async () => "",
      onInterrupt: () => () => undefined,
    };
    const code = await main(["accept", id, "on-key", "--with-dependencies"], terminal);
    await t.reopen();
    return { code, said: said.join("\n"), asked, decisions: [t.decision("key"), t.decision("on-key")] };
  }
  const CONCERN = /key would go in along: it holds what looks like a key of AWS: key\.txt\./u;

  it("asks about it by name, in one step, and takes both", async () => {
    const { code, said, asked, decisions } = await accept(true);
    match(said, CONCERN);
    deepEqual([code, asked, decisions], [0, ["Accept all of them?"], ["accepted", "accepted"]]);
  });

  it("takes nothing where that is declined, or nobody can be asked, and says what to do", async () => {
    const declined = await accept(false);
    match(declined.said, CONCERN);
    deepEqual([declined.code, declined.decisions], [3, ["open", "open"]]);
    const alone = await accept(undefined);
    match(alone.said, /"key" would go in along with "on-key": it holds .*braid review RUN key.*by itself first/u);
    deepEqual([alone.code, alone.asked, alone.decisions], [3, [], ["open", "open"]]);
    equal(t.repo.git("rev-list", "--count", "main"), "1");
  });
});
