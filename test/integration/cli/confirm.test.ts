import { equal, ok } from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { decideOnAmendment } from "../../../src/cli/decide-on-amendment";
import { approvePlan } from "../../../src/cli/drive";
import type { Terminal } from "../../../src/cli/terminal";
import { Amendment } from "../../../src/core/amendment/amendment";
import { Plan } from "../../../src/core/plan/plan";
import { Run } from "../../../src/run/run";
import { portsFor } from "../../support/run-ports";
import { tempFolder, tempRepo } from "../../support/temp-repo";

const MAIN = fileURLToPath(new URL("./confirm.main.mjs", import.meta.url));
const PLAN = Plan.parse({ task: "t", subtasks: [{ id: "a" }] });
const FLAGS = { yes: false, json: true, ask: undefined, amend: undefined, accept: "none", concurrency: 1 } as const;

describe("a yes-or-no question", function () {
  this.timeout(60_000);

  for (const [what, typed, expected] of [
    ["yes", "y\n", "true"],
    ["anything else", "maybe\n", "false"],
    ["the end of the input", "", "false"],
  ] as const)
    it(`takes ${what} for ${expected}`, async () => {
      const child = spawn(process.execPath, [MAIN], { stdio: ["pipe", "pipe", "ignore"] });
      let said = "";
      child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
      child.stdin.end(typed);
      const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
      await once(child, "close");
      clearTimeout(late);
      equal(said.trim(), expected);
    });

  describe("about a run that is steered from elsewhere", () => {
    let repo: ReturnType<typeof tempRepo>;
    let home: ReturnType<typeof tempFolder>;
    let run: Run;
    beforeEach(async () => {
      repo = tempRepo({ "a.txt": "1\n" });
      home = tempFolder();
      run = await Run.create(await portsFor(repo.dir, home.dir), "g", { concurrency: 1, attempts: 1 });
      await run.record({ type: "plan.proposed", plan: PLAN, by: "file" });
    });
    afterEach(async () => {
      await run.close();
      repo.dispose();
      home.dispose();
    });

    /** A terminal at which nobody answers; `asked` resolves when it is asked. */
    function silent() {
      let heard: () => void = () => undefined;
      const asked = new Promise<void>((resolve) => (heard = resolve));
      const terminal: Terminal = {
        cwd: repo.dir,
        env: {},
        interactive: true,
        out: () => undefined,
        error: () => undefined,
        confirm: (_, signal) =>
          new Promise((_resolve, reject) => {
            ok(signal);
            signal.addEventListener("abort", () => reject(signal.reason));
            heard();
          }),
        ask: () => Promise.reject(new Error("Not this one.")),
        onInterrupt: () => () => undefined,
      };
      return { asked, terminal };
    }

    it("ends with a cancel: exit 130", async () => {
      const { asked, terminal } = silent();
      const code = approvePlan(run, FLAGS, terminal);
      await asked;
      await run.cancel();
      equal(await code, 130);
    });

    it("is not put about what was cancelled just before", async () => {
      const { asked, terminal } = silent();
      await run.cancel();
      const late = asked.then(() => "asked");
      equal(await Promise.race([approvePlan(run, FLAGS, terminal), late]), 130);
    });

    for (const [what, act] of [
      ["is approved", () => run.amendments.approve(1)],
      ["is declined", () => run.amendments.decline(1, "no")],
      ["falls with the run", () => run.cancel()],
    ] as const)
      it(`ends when the amendment ${what} there`, async () => {
        run.holdWorkers();
        await run.record({ type: "plan.approved", plan: PLAN, skipped: [] });
        await run.amendments.propose(Amendment.parse({ reason: "r", drop: ["a"], add: [{ id: "b" }] }));
        const { asked, terminal } = silent();
        const decided = decideOnAmendment(run, FLAGS, terminal);
        await asked;
        await act();
        equal(await decided, true);
      });
  });
});
