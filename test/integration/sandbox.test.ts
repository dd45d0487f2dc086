import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BraidError } from "../../src/core/failure";
import { openSandbox } from "../../src/agent/sandbox";
import { findSandbox } from "../../src/agent/sandbox-find";
import { bashTool } from "../../src/agent/tools/bash";
import { openWorkspace } from "../../src/agent/jail";
import { processesWith, sandboxedWorktree, type SandboxedWorktree } from "../support/sandbox";
import { tempFolder } from "../support/temp-repo";

const TEST_FILE = `
import test from "node:test";
import assert from "node:assert";
test("adds", () => assert.equal(1 + 1, 2));
`;

describe("the sandboxed shell", function () {
  let at: SandboxedWorktree;
  before(async () => {
    at = await sandboxedWorktree({
      "package.json": JSON.stringify({ name: "demo", type: "module", scripts: { test: "node --test" } }),
      "sum.test.js": TEST_FILE,
    });
  });
  after(() => at.dispose());

  for (const [what, command, exitCode, output] of [
    ["says nothing", "true", 0, /^$/u],
    ["runs at the worktree's root", 'test -f README.md && basename "$PWD"', 0, /^w1\n$/u],
    ["passes the exit code", "exit 37", 37, /^$/u],
    ["passes the exit code of a signal", "kill -9 $$", 137, /^$/u],
    ["reports a command that is not there", "no-such-program", 127, /not found/u],
    ["reports a command that does not parse", "echo (", 2, /syntax error/iu],
    ["keeps both streams in order", "echo one; echo two >&2; echo three", 0, /^one\ntwo\nthree\n$/u],
    ["gives no input", "cat; echo done", 0, /^done\n$/u],
    ["understands bash", 'a=(x y); [[ ${a[1]} == y ]] && echo "${a[@]}"', 0, /^x y\n$/u],
    ["keeps quotes and line ends", "printf '%s|' \"a b\" 'c\"d' $'e\\nf'\necho", 0, /^a b\|c"d\|e\nf\|\n$/u],
    ["has a private home", 'touch "$HOME/x" && echo "$HOME"', 0, /^\/tmp\/home\n$/u],
    ["knows its user's name", "whoami", 0, /^(?:braid|root)\n$/u],
    [
      "has a clock, a random source and a terminal-less session",
      "date +%Y && head -c 8 /dev/urandom | wc -c",
      0,
      /8\n/u,
    ],
    ["runs node --test", "node --test", 0, /pass 1/u],
    ["runs npm test", "npm test --silent", 0, /pass 1/u],
    ["runs python", "python3 -c 'import json, ssl, tempfile; print(json.dumps([1]))'", 0, /^\[1\]\n$/u],
    ["makes shared memory", "touch /dev/shm/x && rm /dev/shm/x", 0, /^$/u],
    ["shows git log", "git log --format=%s", 0, /^start\n$/u],
    ["shows a clean git status", "git status --porcelain", 0, /^$/u],
    [
      "lets tests make repositories",
      "cd $(mktemp -d) && git init -q && git commit -q --allow-empty -m a && git log --format=%s",
      0,
      /^a\n$/u,
    ],
    [
      "keeps access(2) true to open(2)",
      "test -w . && test -w README.md && test -r README.md && echo yes",
      0,
      /^yes\n$/u,
    ],
  ] as const)
    it(what, async () => {
      const outcome = await at.run(command);
      assert.match(outcome.output, output);
      assert.equal(outcome.exitCode, exitCode);
      assert.equal(outcome.timedOut, false);
    });

  it("shows git what a command changed, and git outside too", async () => {
    const { output } = await at.run(
      "echo more >> README.md && mkdir -p new && echo x > new/file && chmod +x README.md && git status --porcelain && git diff",
    );
    assert.match(output, /^ M README\.md\n\?\? new\/\n/u);
    assert.match(output, /\+more/u);
    at.repo.git("-C", at.worktree, "add", "--all");
    assert.match(at.repo.git("-C", at.worktree, "status", "--porcelain"), /^M {2}README\.md\nA {2}new\/file$/u);
    at.repo.git("-C", at.worktree, "commit", "--quiet", "--message=work");
    assert.equal((await at.run("git log --format=%s")).output, "work\nstart\n");
    at.repo.git("-C", at.worktree, "clean", "-fdq");
  });

  it("may change files that only their owner could", async () => {
    writeFileSync(join(at.worktree, "mine"), "x", { mode: 0o600 });
    const { output } = await at.run(
      "echo y > mine && chmod 755 mine && touch -d 2001-01-01 mine && stat -c %a mine; rm mine",
    );
    assert.equal(output, "755\n");
  });

  it("keeps /tmp from one command to the next and away from the host", async () => {
    await at.run("echo kept > /tmp/braid-kept");
    assert.equal((await at.run("cat /tmp/braid-kept /var/tmp/braid-kept")).output, "kept\nkept\n");
    assert.equal(existsSync("/tmp/braid-kept"), false);
  });

  it("streams output as it comes", async () => {
    const abort = new AbortController();
    const seen: string[] = [];
    const running = at.run("echo ready; sleep 60", {
      signal: abort.signal,
      onOutput: (chunk) => {
        seen.push(chunk);
        abort.abort(new Error("seen"));
      },
    });
    await assert.rejects(running, /^Error: seen$/u);
    assert.deepEqual(seen, ["ready\n"]);
  });

  it("rejects at once when the signal is aborted already", async () => {
    await assert.rejects(at.run("touch never", { signal: AbortSignal.abort(new Error("no")) }), /^Error: no$/u);
    assert.equal(existsSync(join(at.worktree, "never")), false);
  });

  it("lets a command clean up when its time is over", async () => {
    const outcome = await at.run("trap 'echo cleaned; exit 0' TERM; echo started; sleep 60 & wait", {
      timeoutMs: 1500,
    });
    assert.deepEqual(
      { ...outcome, durationMs: 0 },
      {
        kind: "exited",
        exitCode: null,
        output: "started\ncleaned\n",
        truncated: false,
        timedOut: true,
        durationMs: 0,
      },
    );
  });

  it("ends background processes with their command", async () => {
    const marker = "braid-background-4711";
    const { output } = await at.run(`setsid nohup bash -c 'exec -a ${marker} sleep 600' >/dev/null 2>&1 & echo left`);
    assert.equal(output, "left\n");
    assert.deepEqual(processesWith(marker), []);
  });

  it("runs several commands side by side", async () => {
    const outcomes = await Promise.all([1, 2, 3, 4].map((n) => at.run(`echo ${n}`)));
    assert.deepEqual(
      outcomes.map(({ output }) => output),
      ["1\n", "2\n", "3\n", "4\n"],
    );
  });

  it("cuts long output in the middle, between characters", async () => {
    const { output, truncated } = await at.run("head -c 60001 /dev/zero | tr '\\0' a; yes € | head -n 50000; echo end");
    assert.equal(truncated, true);
    assert.ok(output.length < 101_000 && output.startsWith("aaa") && output.endsWith("€\nend\n"));
    assert.match(output, /\n… \d+ bytes left out …\n/u);
    assert.ok(!output.includes("\uFFFD"));
  });

  it("refuses a command that is no argument", async () => {
    for (const command of ["echo \0", `echo ${"x".repeat(200_000)}`]) {
      const outcome = await at.shell.run(command, { timeoutMs: 1000, signal: new AbortController().signal });
      assert.equal(outcome.kind === "refused" && outcome.failure.code, "sandbox.failed");
    }
  });

  it("adds the caller's environment", async () => {
    const other = await sandboxedWorktree({}, { env: { GREETING: "hello", CI: "" } });
    assert.equal((await other.run('echo "$GREETING[$CI]"')).output, "hello[]\n");
    other.dispose();
  });

  it("keeps the repository's format, and none of its other settings", async () => {
    at.repo.git("config", "core.autocrlf", "input");
    at.repo.git("config", "extensions.worktreeConfig", "true");
    at.repo.git("-C", at.worktree, "config", "--worktree", "core.sparseCheckout", "true");
    at.repo.git("-C", at.worktree, "config", "--worktree", "alias.leak", "secret");
    const sh = await openSandbox({
      worktree: at.worktree,
      gitDir: at.gitDir,
      tempDir: join(at.worktree, "..", "other"),
    });
    const outcome = await sh.run("git config --list --local && git config --list --worktree", {
      timeoutMs: 10_000,
      signal: new AbortController().signal,
    });
    const output = outcome.kind === "exited" ? outcome.output : "";
    assert.match(output, /core\.autocrlf=input/u);
    assert.match(output, /core\.sparsecheckout=true/u);
    assert.doesNotMatch(output, /user\.|alias/u);
  });

  it("refuses a worktree of another repository", async () => {
    const other = await sandboxedWorktree();
    const opening = openSandbox({
      worktree: at.worktree,
      gitDir: other.gitDir,
      tempDir: join(other.worktree, "..", "t"),
    });
    await assert.rejects(opening, (error) => error instanceof BraidError && error.failure.code === "sandbox.failed");
    writeFileSync(join(other.worktree, ".git"), "gitdir: /etc\n");
    const forged = openSandbox({
      worktree: other.worktree,
      gitDir: other.gitDir,
      tempDir: join(other.worktree, "..", "t"),
    });
    await assert.rejects(forged, (error) => error instanceof BraidError && error.failure.code === "sandbox.failed");
    other.dispose();
  });

  it("has the programs of home on PATH, and of home nothing else", async () => {
    const home = tempFolder("braid-home-");
    const before = { HOME: process.env["HOME"], PATH: process.env["PATH"] };
    for (const path of [
      ".nvm/versions/node/v1/bin/tool",
      ".nvm/versions/node/v1/lib/part",
      ".nvm/secret",
      ".ssh/id",
      "bin/mine",
    ]) {
      mkdirSync(join(home.dir, path, ".."), { recursive: true });
      writeFileSync(join(home.dir, path), `#!/bin/sh\necho ${path}\n`, { mode: 0o755 });
    }
    process.env["HOME"] = home.dir;
    const folders = [".nvm/versions/node/v1/bin", "bin", "."].map((folder) => join(home.dir, folder));
    process.env["PATH"] = [...folders, "relative", join(home.dir, ".."), "/", "", "/usr/bin", "/nonexistent"].join(":");
    try {
      const other = await sandboxedWorktree();
      const { output } = await other.run(`tool; mine; echo "$PATH"; cd ${home.dir} && find . -type f | sort`);
      const path = [folders[0], folders[1], "/usr/bin", "/usr/local/bin", "/bin"].join(":");
      const files = "./.nvm/versions/node/v1/bin/tool\n./.nvm/versions/node/v1/lib/part\n./bin/mine\n";
      assert.equal(output, `.nvm/versions/node/v1/bin/tool\nbin/mine\n${path}\n${files}`);
      other.dispose();
    } finally {
      process.env["HOME"] = before.HOME;
      process.env["PATH"] = before.PATH;
      home.dispose();
    }
  });

  it("works without a repository", async () => {
    const folder = tempFolder();
    const tree = tempFolder();
    const shell = await openSandbox({ worktree: tree.dir, tempDir: folder.dir });
    const outcome = await shell.run("echo x > made && cat made", {
      timeoutMs: 10_000,
      signal: new AbortController().signal,
    });
    assert.equal(outcome.kind === "exited" && outcome.output, "x\n");
    assert.equal(readFileSync(join(tree.dir, "made"), "utf8"), "x\n");
    folder.dispose();
    tree.dispose();
  });
});

describe("where there is no sandbox", () => {
  const signal = new AbortController().signal;
  const broken = tempFolder();
  const deaf = join(broken.dir, "bwrap");
  writeFileSync(deaf, "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n");
  chmodSync(deaf, 0o755);
  const plain = join(broken.dir, "not-executable");
  writeFileSync(plain, "");
  after(() => broken.dispose());

  for (const [what, candidates, message, hint] of [
    ["nothing is installed", ["/nonexistent/bwrap"], /not installed/u, /apt install bubblewrap/u],
    ["it is not executable", [plain], /not installed/u, /apt install bubblewrap/u],
    ["the kernel forbids it", [deaf], /does not work/u, /user namespaces/u],
  ] as const)
    it(`refuses every command when ${what}`, async () => {
      const found = await findSandbox(candidates);
      assert.equal(found.ok, false);
      const shell = await openSandbox({ worktree: broken.dir, tempDir: broken.dir, found });
      const marker = join(broken.dir, "ran");
      const outcome = await shell.run(`touch ${marker}`, { timeoutMs: 1000, signal });
      assert.ok(outcome.kind === "refused" && outcome.failure.code === "sandbox.missing");
      assert.match(outcome.failure.message, message);
      assert.match(outcome.failure.hint ?? "", hint);
      assert.equal(existsSync(marker), false);
      const workspace = await openWorkspace({ root: broken.dir, writable: true });
      const answer = await bashTool.call({ command: "true" }, { shell, workspace, signal });
      assert.ok(answer.isError === true && message.test(answer.content));
    });

  it("says what bubblewrap said", async () => {
    const found = await findSandbox([deaf]);
    assert.match(found.ok ? "" : (found.failure.detail ?? ""), /setting up uid map: Permission denied/u);
  });
});
