import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { Scenario } from "../../src/demo/scenario";
import { startDemoServer } from "../../src/demo/server";
import { hostileWorld } from "../support/hostile-run";
import { processesWith, sandboxedWorktree, type SandboxedWorktree } from "../support/sandbox";
import { listen } from "../support/sink";

/** What the sandbox is there for, one by one; shell.test.ts and s-shell.test.ts try each in many ways. */
describe("what the sandbox promises on this system", function () {
  this.timeout(120_000);
  let at: SandboxedWorktree;
  let sink: Awaited<ReturnType<typeof listen>>;
  let home: string;
  before(async () => {
    at = await sandboxedWorktree();
    sink = await listen();
    // In the user's real home, under a name of its own.
    home = mkdtempSync(join(homedir(), ".braid-promise-"));
    mkdirSync(join(home, ".ssh"));
    writeFileSync(join(home, ".ssh/id_ed25519"), "CANARY-promise");
  });
  after(async () => {
    at.dispose();
    await sink.dispose();
    rmSync(home, { recursive: true, force: true });
  });

  it("curl reaches nobody", async () => {
    const { exitCode } = await at.run(
      `curl -m 3 -s http://127.0.0.1:${sink.port}/ || curl -m 3 -s https://example.com`,
    );
    assert.notEqual(exitCode, 0);
    assert.equal(sink.heard(), 0);
  });

  it("DNS answers nothing, and no question leaves", async () => {
    const { exitCode } = await at.run("getent hosts secret.example.com");
    assert.notEqual(exitCode, 0);
    await at.run(`exec 3<>/dev/udp/127.0.0.1/${sink.port}; echo secret >&3`);
    assert.equal(sink.heard(), 0);
  });

  it("/dev/tcp leads nowhere", async () => {
    const { exitCode } = await at.run(`exec 3<>/dev/tcp/127.0.0.1/${sink.port}`);
    assert.notEqual(exitCode, 0);
    assert.equal(sink.heard(), 0);
  });

  it("a write to the home directory stays out of it", async () => {
    await at.run(`echo evil > ~/evil; echo evil > ${home}/evil; echo evil > ${homedir()}/braid-promise-evil`);
    for (const path of [join(home, "evil"), join(homedir(), "evil"), join(homedir(), "braid-promise-evil")])
      assert.equal(existsSync(path), false, path);
  });

  it("a read of ~/.ssh finds nothing", async () => {
    const { output } = await at.run(
      `{ cat ~/.ssh/* ${home}/.ssh/* ${homedir()}/.ssh/*; ls -A ~/.ssh ${homedir()}; } 2>/dev/null; true`,
    );
    assert.doesNotMatch(output, /CANARY-promise|PRIVATE KEY|known_hosts|braid-promise/u);
    assert.match(readFileSync(join(home, ".ssh/id_ed25519"), "utf8"), /CANARY/u);
  });

  it("a fork bomb ends with its command, and leaves the machine alone", async () => {
    const marker = "braid-promise-bomb";
    const outcome = await at.run(`bomb() { bomb | bomb & wait; }; bomb ${marker} 2>/dev/null; sleep 600`, {
      timeoutMs: 1_500,
    });
    assert.equal(outcome.timedOut, true);
    assert.deepEqual(processesWith(marker), []);
  });

  it("a daemonised child does not outlive its command", async () => {
    const marker = "braid-promise-daemon";
    const { exitCode } = await at.run(
      `(setsid -f setsid -f nohup bash -c 'exec -a ${marker} sleep 600' >/dev/null 2>&1); sleep 0.3`,
    );
    assert.equal(exitCode, 0);
    assert.deepEqual(processesWith(marker), []);
  });

  it("S13 without it no command runs: not with --yes, not unseen; the way to get it is said", async function () {
    // A machine without bubblewrap: one of its own, made of this one.
    const hidden = "mount --bind /dev/null /usr/bin/bwrap";
    if (spawnSync("unshare", ["-m", "sh", "-c", hidden]).status !== 0) return this.skip();
    const world = await hostileWorld();
    const server = await startDemoServer(
      Scenario.parse({
        rules: [
          {
            when: { turn: 1 },
            reply: [{ tool: "bash", input: { command: world.fill("touch CANARY/x ran; echo > MAIN/ran") } }],
          },
          { when: { turn: 2 }, reply: [{ tool: "write", input: { file_path: "a", content: "a" } }] },
          { when: {}, reply: [{ tool: "report", input: { summary: "Done." } }] },
        ],
      }),
      { speed: 0 },
    );
    try {
      mkdirSync(join(world.home, ".cache"));
      const plan = join(world.home, ".cache/plan.yml");
      writeFileSync(plan, 'task: t\nsubtasks: [{ id: one, description: d, verify: ["touch ran"] }]\n');
      const before = world.snapshot();
      const command = `${hidden} && exec "$@"`;
      const braid = [process.execPath, resolve("dist/cli.mjs"), "run", plan, "--yes", "--json"];
      const child = spawn("unshare", ["-m", "sh", "-c", command, "sh", ...braid], {
        cwd: world.repo.dir,
        env: { PATH: process.env["PATH"], ...world.env, ANTHROPIC_BASE_URL: server.url },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let printed = "";
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
      const [code] = (await once(child, "close")) as [number];
      assert.notEqual(code, 0, printed);
      const said = JSON.stringify(server.requests.map(({ body }) => body?.messages)) + printed;
      assert.match(said, /bubblewrap is not installed/u);
      assert.match(said, /apt install bubblewrap/u);
      assert.equal(existsSync(world.fill("CANARY/x")), false);
      assert.deepEqual(world.snapshot(), before);
    } finally {
      await server.dispose();
      await world.dispose();
    }
    return undefined;
  });
});
