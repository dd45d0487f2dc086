import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ApprovalAnswer } from "../../../src/core/approval";
import type { RecordedEvent, RunEvent } from "../../../src/core/state/events";
import { failure } from "../../../src/core/failure";
import { Plan } from "../../../src/core/plan/plan";
import { subtaskState } from "../../../src/core/state/state";
import { openRepository } from "../../../src/git/repository";
import type { Model } from "../../../src/model/model";
import type { RunPorts } from "../../../src/run/ports";
import { Run } from "../../../src/run/run";
import { obedient } from "../../support/obedient-model";
import { portsFor } from "../../support/run-ports";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

const NO_SANDBOX: Partial<RunPorts> = {
  findSandbox: async () => ({ ok: false, failure: failure("sandbox.missing", "There is no sandbox in this test.") }),
};

describe("approvals", function () {
  this.timeout(60_000);
  let repo: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  beforeEach(() => {
    repo = tempRepo({ "a.txt": "1\n", ".gitignore": "ran\n" });
    trees = tempFolder();
  });
  afterEach(() => {
    repo.dispose();
    trees.dispose();
  });

  const only = <T extends RunEvent["type"]>(events: readonly RecordedEvent[], type: T) =>
    events.map((one) => one.event).filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

  /** Runs a plan whose subtasks each run these commands; `say` answers what is asked. */
  async function runs(
    subtasks: Readonly<Record<string, readonly string[]>>,
    say: ((event: Extract<RunEvent, { type: "approval.requested" }>) => ApprovalAnswer) | undefined,
    more: Partial<RunPorts> = {},
    concurrency = 1,
  ) {
    const model = more.model ?? obedient;
    const ports = await portsFor(repo.dir, trees.dir, { model, canApprove: () => say !== undefined, ...more });
    const run = await Run.create(ports, "g", { concurrency, attempts: 1 });
    const events: RecordedEvent[] = [];
    run.onDidRecord((recorded) => {
      events.push(recorded);
      const { event } = recorded;
      if (event.type === "approval.requested" && event.remembered !== true && say !== undefined)
        setTimeout(
          () => void run.command({ type: "allow", key: event.key, answer: say(event) }).catch(() => undefined),
          5,
        );
    });
    const list = Object.entries(subtasks).map(([id, commands]) => ({ id, description: `[[${commands.join("~")}]]` }));
    await run.approve(Plan.parse({ task: "t", subtasks: list }));
    await run.idle();
    const files = (id: string) => subtaskState(run.state(), id)?.result?.files.map((file) => file.path) ?? [];
    await run.close();
    return { run, events, files, asked: only(events, "approval.requested"), setups: only(events, "setup.completed") };
  }

  describe("of commands where there is no sandbox", () => {
    it("nobody is there: refused, and nothing ran", async () => {
      const { asked, files } = await runs({ one: ["touch made"] }, undefined, NO_SANDBOX);
      assert.equal(asked.length, 0);
      assert.deepEqual(files("one"), []);
    });

    it("once is once, for this run is for this run", async () => {
      const commands = ["touch once", "touch once", "touch twice", "touch twice"];
      const { asked, files } = await runs(
        { one: commands },
        ({ commands: [command] }) => (command === "touch once" ? "once" : "run"),
        NO_SANDBOX,
      );
      assert.deepEqual(
        asked.map((event) => event.commands),
        [["touch once"], ["touch once"], ["touch twice"]],
      );
      assert.deepEqual(files("one"), ["once", "twice"]);
    });

    it("for this repository is for the next run too, and kept where only the user can read", async () => {
      await runs({ one: ["touch kept"] }, () => "repository", NO_SANDBOX);
      const path = join(repo.dir, ".git/braid/approvals.json");
      assert.equal(statSync(path).mode & 0o077, 0);
      const again = await runs({ one: ["touch kept"] }, () => assert.fail("asked again"), NO_SANDBOX);
      assert.deepEqual(again.files("one"), ["kept"]);
      assert.deepEqual(
        again.asked.map((event) => event.remembered),
        [true],
      );
      writeFileSync(path, "not a list");
      const { asked } = await runs({ one: ["touch kept"] }, () => "deny", NO_SANDBOX);
      assert.equal(asked.length, 1, "a list nobody can read allows nothing");
    });

    it("is bound to what the file it runs holds", async () => {
      const commands = ["sh build.sh", "sh build.sh", "echo 'touch evil' > build.sh", "sh build.sh"];
      repo.write("build.sh", "touch good\n");
      repo.commit("a script");
      const { asked, files } = await runs(
        { one: commands },
        ({ commands: [command] }) => {
          if (command?.startsWith("echo") === true) return "run";
          return existsSync(join(trees.dir, "seen")) ? "deny" : (writeFileSync(join(trees.dir, "seen"), ""), "run");
        },
        NO_SANDBOX,
      );
      assert.equal(asked.length, 3);
      assert.deepEqual(files("one"), ["build.sh", "good"]);
    });

    it("starts in the folder that was opened, and at the root where it is not there", async () => {
      repo.write("sub/x.txt", "1\n");
      repo.write("later/x.txt", "1\n");
      repo.git("add", "sub");
      repo.git("commit", "-qm", "sub");
      const at = async (folder: string) => {
        const place = { ...NO_SANDBOX, repo: await openRepository(join(repo.dir, folder)) };
        return (await runs({ one: ["touch here"] }, () => "once", place)).files("one");
      };
      assert.deepEqual([await at("sub"), await at("later")], [["sub/here"], ["here"]]);
    });

    it("no is no for the run, and git that leaves the worktree is refused unasked", async () => {
      const { asked, files } = await runs(
        { one: ["touch a", "touch a", "git stash", "git push origin main", "pwd"] },
        () => "deny",
        NO_SANDBOX,
      );
      assert.deepEqual(
        asked.map((event) => event.commands),
        [["touch a"]],
      );
      assert.deepEqual(files("one"), []);
    });

    it("two workers with the same command: once is for the one that asked", async () => {
      const { asked, files } = await runs({ one: ["touch same"], two: ["touch same"] }, () => "once", NO_SANDBOX, 2);
      assert.deepEqual(
        asked.map((event) => event.subtask ?? "").toSorted((a, b) => a.localeCompare(b)),
        ["one", "two"],
      );
      assert.deepEqual([files("one"), files("two")], [["same"], ["same"]]);
    });

    it("a run that is cancelled waits for nobody", async () => {
      const ports = await portsFor(repo.dir, trees.dir, { model: obedient, canApprove: () => true, ...NO_SANDBOX });
      const run = await Run.create(ports, "g", { concurrency: 1, attempts: 1 });
      const asked = new Promise<void>((resolve) =>
        run.onDidRecord(({ event }) => event.type === "approval.requested" && resolve()),
      );
      await run.approve(Plan.parse({ task: "t", subtasks: [{ id: "one", description: "[[touch a]]" }] }));
      await asked;
      assert.equal(run.view.approvals.length, 1);
      await run.cancel();
      assert.equal(run.view.approvals.length, 0);
      await run.close();
    });

    it("keeps secrets of the environment away, and kills what stays behind", async () => {
      process.env["BRAID_CANARY_TOKEN"] = "canary";
      try {
        const { files } = await runs(
          { one: ["env > env.txt; (sleep 60; touch late) & echo $! > pid"] },
          () => "once",
          NO_SANDBOX,
        );
        assert.deepEqual(files("one"), ["env.txt", "pid"]);
        const [env, pid] = ["env.txt", "pid"].map((name) => repo.git("cat-file", "blob", `${latest()}:${name}`));
        assert.ok(!env?.includes("canary"));
        // Where nobody collects orphans a dead one stays in the list.
        const stat = `/proc/${pid}/stat`;
        assert.ok(!existsSync(stat) || /\) Z /u.test(readFileSync(stat, "utf8")));
      } finally {
        delete process.env["BRAID_CANARY_TOKEN"];
      }
    });
    const latest = () => repo.git("for-each-ref", "--format=%(objectname)", "refs/braid").split("\n")[0] ?? "";
  });

  describe("of a repository's set-up commands", () => {
    const SETUP = { "setup-worktree": ["echo hello > ran", "cat a.txt >> ran"] };
    const outcomes = (setups: readonly Extract<RunEvent, { type: "setup.completed" }>[]) =>
      setups.flatMap((event) =>
        event.steps.map((step) => `${event.subtask}: ${step.outcome} ${step.reason ?? step.name}`),
      );
    beforeEach(() => {
      repo.write(".cursor/worktrees.json", JSON.stringify(SETUP));
      repo.commit("set-up");
    });

    it("are asked for once, run in each worktree before the first tool call, and leave the main tree alone", async () => {
      const { asked, setups, files } = await runs({ one: ["cp ran copy1"], two: ["cp ran copy2"] }, () => "run", {}, 2);
      assert.equal(asked.length, 1);
      assert.deepEqual(asked[0]?.commands, SETUP["setup-worktree"]);
      assert.equal(setups.length, 2);
      assert.deepEqual([files("one"), files("two")], [["copy1"], ["copy2"]]);
      assert.ok(!existsSync(join(repo.dir, "ran")));
    });

    it("do not run when the user says no, or nobody is there", async () => {
      const no = await runs({ one: ["ls ran && touch found"] }, () => "deny");
      assert.deepEqual(outcomes(no.setups), ["one: skipped not allowed"]);
      assert.deepEqual(no.files("one"), []);
      const nobody = await runs({ one: ["ls ran && touch found"] }, undefined);
      assert.match(outcomes(nobody.setups)[0] ?? "", /skipped nobody was there/u);
    });

    it("are remembered for the repository until a byte of them changes", async () => {
      await runs({ one: ["true"] }, () => "repository");
      const same = await runs({ one: ["cp ran copy"] }, () => assert.fail("asked again"));
      assert.deepEqual(same.files("one"), ["copy"]);
      repo.write(".cursor/worktrees.json", JSON.stringify({ "setup-worktree": ["echo evil > ran"] }));
      repo.commit("another");
      const { asked } = await runs({ one: ["true"] }, () => "deny");
      assert.equal(asked.length, 1);
    });

    it("a script is bound to what it holds: one a dependency's result changed does not run", async () => {
      repo.write(".cursor/worktrees.json", JSON.stringify({ "setup-worktree": "up.sh" }));
      repo.write("up.sh", "echo from the script > ran\n");
      repo.commit("a script");
      const ports = await portsFor(repo.dir, trees.dir, { model: obedient, canApprove: () => true });
      const run = await Run.create(ports, "g", { concurrency: 1, attempts: 1 });
      const steps: string[] = [];
      run.onDidRecord(({ event }) => {
        if (event.type === "approval.requested") {
          assert.deepEqual(event.commands, ["echo from the script > ran\n"]);
          setTimeout(() => void run.command({ type: "allow", key: event.key, answer: "run" }), 5);
        }
        if (event.type === "setup.completed")
          steps.push(...event.steps.map((step) => `${event.subtask} ${step.outcome}`));
      });
      const subtasks = [
        { id: "one", description: "[[cp ran copy~echo 'touch evil' > up.sh]]" },
        { id: "two", description: "[[ls evil && touch found~touch two]]", dependencies: ["one"] },
      ];
      await run.approve(Plan.parse({ task: "t", subtasks }));
      await run.idle();
      assert.deepEqual(steps, ["one done", "two skipped"]);
      assert.deepEqual(
        subtaskState(run.state(), "two")?.result?.files.map((file) => file.path),
        ["two"],
      );
      await run.close();
    });

    it("the first one that fails ends them, and the worker goes on", async () => {
      const commands = ["curl https://example.com", "touch ran"];
      repo.write(".cursor/worktrees.json", JSON.stringify({ "setup-worktree": commands }));
      repo.commit("a command without a network");
      let told = "";
      const respond: Model["respond"] = (request, options) => {
        told ||= JSON.stringify(request.messages[0]);
        return obedient.respond(request, options);
      };
      const { setups, files } = await runs({ one: ["touch worked"] }, () => "run", { model: { respond } });
      assert.match(told, /set-up of your worktree did not go through.*failed: curl.*exit code \d+.*end of its output/u);
      const [first, second] = outcomes(setups);
      assert.match(first ?? "", /failed exit code \d+/u);
      assert.match(second ?? "", /skipped the one before failed/u);
      assert.deepEqual(files("one"), ["worked"]);
    });

    it("an install is left out where the folder was copied; the user's own commands need no word", async () => {
      repo.write(".gitignore", "node_modules/\nran\n");
      repo.write(".cursor/worktrees.json", JSON.stringify({ "setup-worktree": ["npm ci"] }));
      repo.commit("ignore");
      repo.write("node_modules/x/x.js", "1\n");
      const { asked, setups } = await runs({ one: ["true"] }, () => assert.fail("asked"));
      assert.equal(asked.length, 0);
      assert.deepEqual(outcomes(setups), ["one: done node_modules", "one: skipped node_modules was copied"]);
      const own = await runs({ one: ["cp ran copy"] }, () => assert.fail("asked"), {
        setup: { commands: ["echo 1 > ran"] },
      });
      assert.deepEqual(own.files("one"), ["copy"]);
    });

    it("a recipe that cannot be read is told, not guessed", async () => {
      repo.write(".cursor/worktrees.json", '{"setup-worktree": 3}');
      repo.commit("broken");
      const { setups } = await runs({ one: ["true"] }, () => assert.fail("asked"));
      assert.match(outcomes(setups)[0] ?? "", /^one: failed .*setup-worktree/u);
    });
  });

  it("the log tells all of it", async () => {
    const { run, events } = await runs({ one: ["touch a"] }, () => "once", NO_SANDBOX);
    const journal = readFileSync(join(repo.dir, ".git/braid/runs", run.id, "journal.jsonl"), "utf8");
    for (const type of ["approval.requested", "approval.answered"]) assert.ok(journal.includes(type), type);
    assert.ok(events.length > 0);
  });
});
