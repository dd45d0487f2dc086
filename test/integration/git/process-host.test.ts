import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { mock } from "node:test";
import { endProcessHost, runGitAside, runProgramAside } from "../../../src/git/process-host";
import { runGit, type GitEnding, type GitRequest } from "../../../src/git/run-git";
import { sleep } from "../../../src/util/abort";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

/** Runs in a row from which on there is one, and time for it to start. */
const MANY = 12;

describe("git started by a process of its own, where it is run often", function () {
  this.timeout(60_000);
  let repo: TempRepo;
  let bin: ReturnType<typeof tempFolder>;
  beforeEach(() => {
    repo = tempRepo({ "a.txt": "a\n" });
    bin = tempFolder();
  });
  afterEach(async () => {
    await endProcessHost();
    repo.dispose();
    bin.dispose();
  });
  const git = (...args: readonly string[]): GitRequest => ({
    dir: repo.dir,
    binary: "/usr/bin/env",
    config: [],
    args,
    env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C" },
    allowed: [],
  });
  /** A program in git's place; `$1` is a folder for what it tells. */
  const program = (name: string, lines: readonly string[]): GitRequest => {
    const path = join(bin.dir, name);
    writeFileSync(path, `#!/bin/sh\n${lines.join("\n")}\n`);
    chmodSync(path, 0o755);
    return { ...git(bin.dir), binary: path };
  };
  const text = (ending: GitEnding) =>
    ending.kind === "ended" ? ending.stdout.toString("utf8").trim() : ending.message;
  const parent = async (asked = program("parent", ["echo $PPID"])) => Number(text(await runGitAside(asked)));
  /** Resolves once another process starts git, with its number. */
  async function hosted(): Promise<number> {
    for (let i = 0; i < 400; i += 1) {
      const pid = await parent();
      if (pid !== process.pid) return pid;
    }
    throw new Error("Nobody else starts git.");
  }
  const isThere = (pid: number) => spawnSync("kill", ["-0", `${pid}`]).status === 0;
  async function gone(pid: number): Promise<void> {
    for (let i = 0; i < 200 && isThere(pid); i += 1) await sleep(50);
    equal(isThere(pid), false);
  }

  it("is started from here at first, and then from one and the same other", async () => {
    equal(await parent(), process.pid);
    const host = await hosted();
    const asked = program("parent", ["echo $PPID"]);
    deepEqual(new Set(await Promise.all(Array.from({ length: MANY }, () => parent(asked)))), new Set([host]));
  });

  const ENDS: Readonly<Record<string, { readonly lines: readonly string[]; readonly input?: Buffer | string }>> = {
    "bytes that are no text": { lines: ["printf '\\000\\377\\n'"] },
    "a code and words": { lines: ["echo out", "echo err >&2", "exit 3"] },
    "a code without a word": { lines: ["exit 1"] },
    nothing: { lines: [] },
    "what it was given": { lines: ["cat"], input: Buffer.from([0, 255, 10, 65]) },
    "that it was given nothing": { lines: ["cat", "echo end"] },
    "that it was given an empty text": { lines: ["cat", "echo end"], input: "" },
    much: { lines: ["head -c 3000000 /dev/zero"] },
    "a signal": { lines: ["kill -9 $$"] },
    "that there is no such program": { lines: ["exec /nowhere/git"] },
  };
  for (const [what, { lines, input }] of Object.entries(ENDS))
    it(`gives back ${what} as if it were started here`, async () => {
      const request = { ...program("ends", lines), input };
      const plain = (ending: GitEnding) => ({ ...ending, cause: undefined });
      await endProcessHost();
      const here = plain(await runGitAside(request));
      await hosted();
      deepEqual(plain(await runGitAside(request)), here);
    });

  it("gets the environment of the call and no other", async () => {
    await hosted();
    const env = text(await runGitAside({ ...program("env", ["env"]), env: { PATH: "/bin:/usr/bin", ONE: "1" } }));
    // What a shell sets, and the library for git's own sake.
    const others = ["_", "PWD", "SHLVL", "GIT_TEST_DISALLOW_ABBREVIATED_OPTIONS"];
    deepEqual(
      env
        .split("\n")
        .map((line) => line.split("=")[0])
        .filter((name = "") => !others.includes(name))
        .toSorted((a = "", b = "") => a.localeCompare(b)),
      ["ONE", "PATH"],
    );
  });

  it("is ended when its call is aborted", async () => {
    await hosted();
    const stop = new AbortController();
    const running = runGitAside(program("slow", ['echo $$ > "$1/pid"', "exec sleep 60"]), stop.signal);
    const pid = join(bin.dir, "pid");
    while (!existsSync(pid) || readFileSync(pid, "utf8") === "") await sleep(20);
    stop.abort();
    await running.catch(() => undefined);
    await gone(Number(readFileSync(pid, "utf8")));
  });

  it("fails in words where that process is killed, and the next call is answered", async () => {
    const host = await hosted();
    const running = runGitAside(program("slow", ['echo > "$1/begun"', "sleep 1"]));
    while (!existsSync(join(bin.dir, "begun"))) await sleep(20);
    process.kill(host, "SIGKILL");
    const ending = await running;
    ok(ending.kind === "failed");
    match(ending.message, /was cut off/u);
    equal(text(await runGitAside(program("next", ["echo next"]))), "next");
    notEqual(await hosted(), host);
  });

  describe("and another program", () => {
    const script = (...lines: readonly string[]) => ({
      file: "/bin/sh",
      args: ["-c", lines.join("\n"), "sh", bin.dir],
      cwd: bin.dir,
      env: { PATH: "/bin:/usr/bin" },
    });
    const run = async (lines: readonly string[], stop = new AbortController()) => {
      const pieces: Buffer[] = [];
      const onOutput = (bytes: Buffer): undefined => void pieces.push(bytes);
      const ending = await runProgramAside(script(...lines), onOutput, stop.signal);
      return { ...ending, output: Buffer.concat(pieces).toString("latin1") };
    };
    for (const [what, lines] of Object.entries({
      "bytes that are no text": ["printf '\\000\\377\\n'"],
      "a code and words": ["echo out", "echo err >&2", "exit 3"],
      nothing: [],
      "a signal": ["kill -9 $$"],
      "more than a pipe holds": ["head -c 3000000 /dev/zero"],
    }))
      it(`gives back ${what} as if it were started here`, async () => {
        await endProcessHost();
        const here = await run(lines);
        await hosted();
        deepEqual(await run(lines), here);
      });

    it("is started by that process", async () => {
      const host = await hosted();
      equal((await run(["echo $PPID"])).output, `${host}\n`);
    });

    it("that is not there is told in the system's words", async () => {
      await hosted();
      const asked = { ...script(), file: join(bin.dir, "nowhere") };
      const { exitCode, stderr } = await runProgramAside(asked, () => undefined, new AbortController().signal);
      equal(exitCode, null);
      match(stderr, /ENOENT/u);
    });

    it("is ended when it is stopped, and before it has begun", async () => {
      await hosted();
      const stop = new AbortController();
      const pid = join(bin.dir, "pid");
      const running = run(['echo $$ > "$1/pid"', "exec sleep 60"], stop);
      while (!existsSync(pid) || readFileSync(pid, "utf8") === "") await sleep(20);
      stop.abort();
      equal((await running).exitCode, null);
      await gone(Number(readFileSync(pid, "utf8")));
      equal((await run(["exec sleep 60"], stop)).exitCode, null);
    });

    it("has no code where that process is killed", async () => {
      const host = await hosted();
      const running = run(['echo > "$1/begun"', "sleep 1"]);
      while (!existsSync(join(bin.dir, "begun"))) await sleep(20);
      process.kill(host, "SIGKILL");
      const { exitCode, stderr } = await running;
      equal(exitCode, null);
      match(stderr, /was cut off/u);
    });
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    it(`stays for ${signal}, which a terminal sends to all: who asks decides what ends`, async () => {
      const host = await hosted();
      process.kill(host, signal);
      await sleep(50);
      equal(await parent(), host);
    });

  it("goes when it is let go, and when who asks is killed; git comes to its end", async () => {
    const host = await hosted();
    await endProcessHost();
    await gone(host);
    mkdirSync(join(bin.dir, "told"));
    const child = spawn(process.execPath, [resolve("dist/test/integration/git/process-host.main.mjs"), bin.dir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [told]: unknown[] = await once(child.stdout, "data");
    const other = Number(String(told));
    ok(isThere(other));
    child.kill("SIGKILL");
    await gone(other);
    for (let i = 0; i < 100 && !existsSync(join(bin.dir, "ended")); i += 1) await sleep(50);
    ok(existsSync(join(bin.dir, "ended")));
  });
});

it("is done with a git that has nothing to say as soon as it has ended", async () => {
  const env = { PATH: process.env["PATH"] ?? "" };
  // Whatever waits for a time to pass waits for ever here.
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const ending = await runGit({ dir: "/", binary: "/usr/bin/env", config: [], args: ["true"], env, allowed: [] });
    equal(ending.kind === "ended" && ending.exitCode, 0);
  } finally {
    mock.timers.reset();
  }
});
