import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDemoScenario } from "../../../src/demo/media";
import { startDemoServer } from "../../../src/demo/server";
import { cli, startCli, type CliOutcome } from "../../support/cli";
import { ONE, ran, useCli, wide, writes } from "../../support/cli-fixture";
import { tempRepo } from "../../support/temp-repo";

describe("braid", function () {
  this.timeout(60_000);
  const t = useCli();

  describe("when things go wrong", () => {
    const noKey = () => ({ HOME: t.home.dir });
    const plain = (what: string, code: number, words: RegExp, act: () => Promise<CliOutcome>) =>
      it(what, async () => {
        const outcome = await act();
        assert.match(outcome.stderr + outcome.stdout, words);
        ran(outcome, code);
      });

    plain("a goal without words", 2, /goal is empty/u, () => t.braid("run", "--goal", "  "));
    plain("an unknown command", 2, /^braid: unknown command "fly"\.\n\n`braid help` lists the commands\.\n$/u, () =>
      t.braid("fly"),
    );
    plain("a bad option", 2, /--accept takes all, passing or none/u, () => t.braid("run", "p.yml", "--accept", "some"));
    plain("a plan file that is not there", 2, /nope\.yml cannot be read/u, () => t.braid("run", "nope.yml"));
    plain("a plan file with a mistake", 2, /bad\.yml:3:5: Unknown key "colour"/u, () => {
      writeFileSync(join(t.repo.dir, "bad.yml"), "task: t\nsubtasks:\n  - colour: red\n    id: a\n");
      return t.braid("run", "bad.yml");
    });
    plain("no key", 2, /no API key.*ANTHROPIC_API_KEY/su, () =>
      cli(["run", "--goal", "g"], { cwd: t.repo.dir, env: noKey() }),
    );
    plain("a folder outside git", 2, /not inside a git work tree.*git init/su, () =>
      cli(["status"], { cwd: t.home.dir, env: t.env }),
    );
    plain("an unknown run", 2, /no run "rabcdefg"/u, () => t.braid("accept", "rabcdefg", "x"));
    plain("a run id that is a path", 2, /no run/u, () => t.braid("accept", "../../etc", "x"));
    plain("git missing", 2, /git was not found.*Install git/su, () =>
      cli(["status"], { cwd: t.repo.dir, env: { ...t.env, PATH: "/nonexistent" } }),
    );
    plain("an old git", 2, /too old.*2\.38/su, () => {
      const bin = join(t.home.dir, "bin");
      mkdirSync(bin, { recursive: true });
      writeFileSync(join(bin, "git"), "#!/bin/sh\necho git version 2.30.1\n");
      chmodSync(join(bin, "git"), 0o755);
      return cli(["status"], { cwd: t.repo.dir, env: { ...t.env, PATH: bin } });
    });
    plain("no server", 1, /127\.0\.0\.1:9\b/u, () =>
      cli(["run", "--goal", "g", "--yes"], {
        cwd: t.repo.dir,
        env: { ...t.env, ANTHROPIC_BASE_URL: "http://127.0.0.1:9" },
      }),
    );

    it("a repository without commits", async () => {
      const empty = tempRepo();
      const outcome = await cli(["run", "--goal", "g"], { cwd: empty.dir, env: t.env });
      assert.match(outcome.stderr, /no commits yet.*first commit/su);
      ran(outcome, 2);
      empty.dispose();
    });

    it("a wrong key: says so, exit 1, nothing changed", async () => {
      await t.play("require_key: right\nrules: []\n");
      writeFileSync(join(t.home.dir, "p.yml"), ONE);
      const outcome = await cli(["run", join(t.home.dir, "p.yml"), "--yes"], {
        cwd: t.repo.dir,
        env: { ...t.env, ANTHROPIC_API_KEY: "sk-wrong-canary" },
      });
      ran(outcome, 1);
      assert.match(outcome.stdout, /refused the key/u);
      assert.ok(!`${outcome.stdout}${outcome.stderr}${journals()}`.includes("canary"));
    });

    it("dirty files in the way stay, and the accept says which", async () => {
      await t.play(writes("README.md", "theirs\n"));
      writeFileSync(join(t.home.dir, "p.yml"), ONE);
      t.repo.write("README.md", "mine\n");
      const outcome = await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--accept", "passing");
      ran(outcome, 3);
      assert.match(outcome.stdout, /README\.md would be overwritten.*Commit or set aside/su);
      assert.equal(t.repo.read("README.md"), "mine\n");
      assert.equal(t.repo.git("rev-list", "--count", "HEAD"), "1");
    });

    it("a conflict with the moved branch is named, and the branch stays", async () => {
      await t.play(writes("README.md", "theirs\n"));
      writeFileSync(join(t.home.dir, "p.yml"), ONE);
      const outcome = await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--json");
      ran(outcome, 3);
      t.repo.write("README.md", "mine\n");
      t.repo.commit("mine");
      const accept = await t.braid("accept", outcome.events[0]?.run ?? "", "one");
      ran(accept, 3);
      assert.match(accept.stderr, /conflicts with main in README\.md/u);
      assert.equal(t.repo.read("README.md"), "mine\n");
    });

    it("a model server killed in mid-run: the run says so, and resume finishes it", async () => {
      const slow = await startDemoServer(await readDemoScenario("any-plan.yml"), { speed: 0.3 });
      writeFileSync(join(t.home.dir, "p.yml"), wide(3));
      const running = startCli(["run", join(t.home.dir, "p.yml"), "--yes", "--json", "--concurrency", "2"], {
        cwd: t.repo.dir,
        env: { ...t.env, ANTHROPIC_BASE_URL: slow.url },
      });
      await running.seen((e) => e.type === "turn.completed");
      await slow.dispose();
      const outcome = await running.ended;
      ran(outcome, 1);
      const failed = outcome.events.findLast((e) => e.type === "subtask.failed");
      assert.match(JSON.stringify(failed), /model\.network/u);
      const run = outcome.events[0]?.run ?? "";
      assert.match((await t.braid("status", run)).stdout, /\[FAILED\]/u);
      ran(await t.braid("resume", run, "--accept", "passing"), 0);
      assert.equal(readdirSync(join(t.repo.dir, "notes")).length, 3);
      ran(await t.braid("resume", run), 0);
    });

    it("Ctrl+C stops the workers, keeps partial work, exit 130, and leaves no worktree", async () => {
      await t.play(
        `rules:\n  - when: { turn: 1 }\n    reply: [{ tool: write, input: { file_path: n.md, content: "n\\n" } }]\n  - when: { turn: 2 }\n    reply: [{ tool: bash, input: { command: "sleep 600" } }]\n`,
      );
      writeFileSync(join(t.home.dir, "p.yml"), ONE);
      const running = startCli(["run", join(t.home.dir, "p.yml"), "--yes", "--json"], { cwd: t.repo.dir, env: t.env });
      await running.seen((e) => e.type === "turn.completed" && e["turn"] === 2);
      running.child.kill("SIGINT");
      const outcome = await running.ended;
      ran(outcome, 130);
      assert.match(JSON.stringify(outcome.events.find((e) => e.type === "subtask.failed")), /"cancelled".*n\.md/u);
      assert.equal(t.repo.git("worktree", "list").split("\n").length, 1);
    });

    it("a killed process: the next one takes the run over and finishes it", async () => {
      const rules = (late: string) =>
        `rules:\n  - when: { turn: 1 }\n    reply: [{ tool: write, input: { file_path: "notes/{{subtask}}.md", content: "n\\n" } }]\n  - reply: [{ tool: report, input: { summary: Done. } }]\n${late}`;
      await t.play(rules("    fault: { kind: stall, at: headers }\n"));
      writeFileSync(join(t.home.dir, "p.yml"), wide(2));
      const running = startCli(["run", join(t.home.dir, "p.yml"), "--yes", "--json"], { cwd: t.repo.dir, env: t.env });
      const { run } = await running.seen((e) => e.type === "turn.completed");
      const busy = await t.braid("accept", run, "part-1");
      ran(busy, 3);
      assert.match(busy.stderr, /belongs to process/u);
      running.child.kill("SIGKILL");
      await running.ended;
      await t.play(rules(""));
      ran(await t.braid("resume", run, "--accept", "passing"), 0);
      assert.equal(t.repo.git("worktree", "list").split("\n").length, 1);
      assert.equal(t.repo.git("status", "--porcelain"), "");
    });

    it("a full disk: each subtask says so, exit 1, nothing is left half-made, and resume finishes the run", async function () {
      const tiny = join(t.home.dir, "tiny");
      mkdirSync(tiny, { recursive: true });
      try {
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=100k", "tmpfs", tiny], { stdio: "ignore" });
      } catch {
        return this.skip();
      }
      try {
        t.repo.write("large.txt", "x".repeat(200_000));
        t.repo.commit("large");
        // A check has all files be there.
        writeFileSync(
          join(t.home.dir, "p.yml"),
          wide(2).replaceAll(/^ {4}files: /gmu, '    verify: ["true"]\n    files: '),
        );
        const outcome = await cli(["run", join(t.home.dir, "p.yml"), "--yes", "--json"], {
          cwd: t.repo.dir,
          env: { ...t.env, BRAID_WORKTREE_DIRECTORY: tiny },
        });
        ran(outcome, 1);
        assert.equal(outcome.events.filter((e) => JSON.stringify(e).includes("disk.full")).length, 2);
        assert.equal(t.repo.git("worktree", "list").split("\n").length, 1);
        assert.equal(t.repo.git("status", "--porcelain"), "");
        ran(await t.braid("resume", outcome.events[0]?.run ?? "", "--accept", "passing"), 0);
      } finally {
        execFileSync("umount", [tiny]);
      }
    });

    it("checks run in the sandbox: what they write outside the worktree never reaches the host", async () => {
      writeFileSync(
        join(t.home.dir, "p.yml"),
        `${ONE}    verify: ["touch ${t.home.dir}/escaped; test ! -e ${t.repo.dir}/README.md"]\n`,
      );
      ran(await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--accept", "passing"), 0);
      assert.ok(!existsSync(join(t.home.dir, "escaped")));
    });
  });

  function journals(): string {
    const runs = join(t.repo.dir, ".git/braid/runs");
    return readdirSync(runs)
      .map((run) => readFileSync(join(runs, run, "journal.jsonl"), "utf8"))
      .join("");
  }
});
