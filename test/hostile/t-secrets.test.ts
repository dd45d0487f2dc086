import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Scenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { cli, type CliOutcome } from "../support/cli";
import { hostileWorld, type HostileWorld } from "../support/hostile-run";
import { filesWith, holds, KEY, keyedEnv, objectsWith, planIn, SECRETS } from "../support/secrets";

describe("canary secrets, in everything Braid writes, prints, starts and sends (T04)", function () {
  this.timeout(180_000);
  let world: HostileWorld;
  let server: DemoServer;
  let env: Readonly<Record<string, string>>;
  let run = "";
  const outcomes = new Map<string, CliOutcome>();
  const children = () => readFileSync(join(world.dir, "children.log"), "utf8");

  before(async () => {
    world = await hostileWorld({
      "AGENTS.md": "Mind the tests.\n",
      ".cursor/worktrees.json": JSON.stringify({ "setup-worktree": ["printenv > setup.log; cat setup.log"] }),
    });
    const snoop =
      "printenv; cat ~/.ssh/* USERHOME/.ssh/* MAIN/.env; git config --list; git remote -v; cat /proc/*/environ";
    server = await startDemoServer(
      Scenario.parse({
        require_key: KEY,
        rules: [
          { when: { role: "reviewer" }, reply: [{ tool: "verdict", input: { decision: "approve" } }] },
          {
            when: { role: "implementer", turn: 1 },
            reply: [
              { tool: "bash", input: { command: world.fill(snoop) } },
              { tool: "read", input: { file_path: world.fill("MAIN/.env") } },
              { tool: "bash", input: { command: "printenv > env.txt; git var -l >> env.txt; true" } },
              { tool: "write", input: { file_path: "a.txt", content: "a\n" } },
            ],
          },
          { when: {}, reply: [{ tool: "report", input: { summary: "Done." } }] },
        ],
      }),
      { speed: 0 },
    );
    // What every program Braid starts is given, written down before it is started.
    const bin = join(world.dir, "bin");
    mkdirSync(bin);
    for (const name of ["git", "rg", "bwrap", "cp", "setpriv", "sh", "bash"]) {
      const real = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
      if (real === "") continue;
      const log = `{ echo "== ${name} $*"; env; } >> '${join(world.dir, "children.log")}' 2>/dev/null`;
      writeFileSync(join(bin, name), `#!/bin/sh\n${log}\nexec ${real} "$@"\n`);
      chmodSync(join(bin, name), 0o755);
    }
    env = { ...keyedEnv(world, server.url), PATH: `${bin}:${process.env["PATH"] ?? ""}`, ANTHROPIC_LOG: "debug" };
    const plan = planIn(
      world,
      `task: Do\nsubtasks:\n  - { id: one, description: d, verify: ["printenv; ls"], review: { agent: reviewer, rounds: 1 } }\n  - { id: two, description: d, dependencies: [one] }\nintegration: { strategy: synthesize, validation_tests: ["printenv; ls"] }\n`,
    );
    const braid = async (name: string, ...args: readonly string[]) => {
      outcomes.set(name, await cli(args, { cwd: world.repo.dir, env }));
      return outcomes.get(name);
    };
    const outcome = await braid("run", "run", plan, "--yes", "--allow-setup", "--json");
    run = outcome?.events[0]?.run ?? "";
    await braid("status", "status", "--json");
    await braid("review", "review", run, "one");
    await braid("review --json", "review", run, "one", "--json");
    await braid("accept", "accept", run, "one");
    await braid("report", "report", run);
    await braid("report --pull-request", "report", run, "--pull-request");
    await braid("origin", "origin", "a.txt:1");
    await braid("models", "models");
  });
  after(async () => {
    await server.dispose();
    await world.dispose();
  });

  it("the run is a real one: it asked with the key, and each command did its work", () => {
    for (const [name, { code, stderr }] of outcomes)
      assert.ok(name === "run" ? code === 0 || code === 3 : code === 0, `${name}: ${code} ${stderr}`);
    assert.ok(server.requests.length > 5);
  });

  for (const name of [
    "run",
    "status",
    "review",
    "review --json",
    "accept",
    "report",
    "report --pull-request",
    "origin",
    "models",
  ])
    it(`T04 none in what \`braid ${name}\` prints`, () => {
      const { stdout, stderr } = outcomes.get(name) ?? assert.fail("not run");
      assert.equal(holds(stdout + stderr, SECRETS), false);
    });

  it("T04 none in journal, transcripts, turns, notes, worktrees, caches and temporary files", () => {
    const places = [join(world.repo.dir, ".git/braid"), join(world.home, ".cache"), join(world.dir, "tmp")];
    assert.deepEqual(filesWith(places, SECRETS), []);
    assert.ok(filesWith(places, ["subtask.finished"]).length > 0, "the search finds nothing at all");
  });

  it("T04 none in any object of the repository: results, trees of turns, messages", () => {
    assert.deepEqual(objectsWith(world.repo, SECRETS), []);
    assert.deepEqual(objectsWith(world.repo, ["GIT_AUTHOR_IDENT"]), ["an object"]);
  });

  it("T04 none in any request's body: prompts, tool results, outputs of commands", () => {
    for (const { body } of server.requests) assert.equal(holds(JSON.stringify(body), SECRETS), false);
  });

  it("T04 none in the environment or the arguments of any program Braid starts", () => {
    const log = children();
    assert.ok(log.includes("== git "));
    assert.equal(
      holds(log, SECRETS),
      false,
      log
        .split("\n")
        .filter((line) => holds(line, SECRETS))
        .join("\n"),
    );
    assert.doesNotMatch(log, /^(?:ANTHROPIC_|GITHUB_TOKEN|NPM_TOKEN|AWS_|VSCODE_|OPENAI)/mu);
  });

  it("T05 ANTHROPIC_LOG=debug prints nothing: what --json prints is events", () => {
    const { stdout, stderr } = outcomes.get("run") ?? assert.fail("not run");
    for (const line of stdout.trim().split("\n")) assert.equal(typeof JSON.parse(line), "object");
    assert.doesNotMatch(stderr, /x-api-key|anthropic-version|request body/iu);
  });
});
