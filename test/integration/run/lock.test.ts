import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Holder, type Lock, readHolder, tryLock, withLock } from "../../../src/run/log/lock";
import { repositoryLock } from "../../../src/run/log/places";
import { withWorktreeLock } from "../../../src/run/log/worktree-lock";
import { asNobody } from "../../support/as-nobody";
import { tempFolder } from "../../support/temp-repo";

const OTHER = fileURLToPath(new URL("./lock-owner.main.mjs", import.meta.url));

let folder: ReturnType<typeof tempFolder>;
let path: string;
beforeEach(() => {
  folder = tempFolder();
  path = join(folder.dir, "deep", "owner.lock");
});
afterEach(() => folder.dispose());

function taken(lock: Lock | Holder): Lock {
  ok("release" in lock, "the lock was refused");
  return lock;
}

function refused(lock: Lock | Holder): Holder {
  ok(!("release" in lock), "the lock was given");
  return lock;
}

describe("a lock in one process", () => {
  it("is held once, tells who has it, and is free again", async () => {
    const lock = taken(await tryLock(path, "Braid"));
    const { pid, host, label, standing } = refused(await tryLock(path, "me too"));
    deepEqual(
      { pid, host, label, standing },
      { pid: process.pid, host: hostname(), label: "Braid", standing: "alive" },
    );
    equal((await readHolder(path))?.pid, process.pid);
    await lock.release();
    const next = taken(await tryLock(path, "me too"));
    await lock.release();
    equal(refused(await tryLock(path, "third")).label, "me too");
    await next.release();
    deepEqual(readdirSync(join(folder.dir, "deep")), []);
  });

  const somebody = JSON.stringify({ pid: 1, host: "elsewhere", label: "somebody", id: "0".repeat(16) });
  for (const [how, change] of [
    ["another file was put in its place", () => (rmSync(path), writeFileSync(path, somebody))],
    ["it was written over, as long as before", () => writeFileSync(path, somebody.padEnd(readFileSync(path).length))],
    ["it was taken away", () => rmSync(path)],
  ] as const)
    it(`is known to be lost at once where ${how}`, async () => {
      const lock = taken(await tryLock(path, "Braid"));
      equal(await lock.isHeld(), true);
      utimesSync(path, new Date(), new Date());
      equal(await lock.isHeld(), true, "after a heartbeat");
      change();
      equal(await lock.isHeld(), false);
      equal(lock.lost.aborted, true);
    });

  it("of many at once exactly one wins, and no file of the others stays", async () => {
    const locks = await Promise.all(Array.from({ length: 50 }, (_, i) => tryLock(path, `${i}`)));
    equal(locks.filter((lock) => "release" in lock).length, 1);
    deepEqual(readdirSync(join(folder.dir, "deep")), ["owner.lock"]);
  });

  it("is given in turns to those who wait", async () => {
    let inside = 0;
    const turns = await Promise.all(
      Array.from({ length: 5 }, (_, i) =>
        withLock(path, "Braid", async () => {
          inside += 1;
          equal(inside, 1);
          await new Promise(setImmediate);
          inside -= 1;
          return i;
        }),
      ),
    );
    deepEqual(turns, [0, 1, 2, 3, 4]);
    equal(existsSync(path), false);
  });

  it("is given back when the action fails", async () => {
    await rejects(
      withLock(path, "Braid", () => Promise.reject(new Error("boom"))),
      /boom/u,
    );
    equal(existsSync(path), false);
  });

  it("is not waited for after an abort", async () => {
    const lock = taken(await tryLock(path, "Braid"));
    const stop = new AbortController();
    const waiting = withLock(path, "Braid", () => Promise.resolve(), { signal: stop.signal });
    stop.abort(new Error("enough"));
    await rejects(waiting, /enough/u);
    await lock.release();
  });
});

const dead = { pid: 2 ** 22 + 1, host: hostname(), label: "gone", id: "x" };

describe("a lock file nobody living has written", () => {
  for (const [what, content] of [
    ["an owner that is gone", JSON.stringify(dead)],
    ["nothing", ""],
    ["half an owner", JSON.stringify(dead).slice(0, 20)],
    ["zeros", "\0".repeat(64)],
    ["another kind of JSON", "null"],
    ["an owner without a number", JSON.stringify({ ...dead, pid: "1" })],
    ["the number of a process group", JSON.stringify({ ...dead, pid: 0 })],
  ] as const)
    it(`${what} is taken over, by one`, async () => {
      mkdirSync(join(folder.dir, "deep"));
      writeFileSync(path, content);
      const locks = await Promise.all(Array.from({ length: 20 }, () => tryLock(path, "Braid")));
      equal(locks.filter((lock) => "release" in lock).length, 1);
      deepEqual(readdirSync(join(folder.dir, "deep")), ["owner.lock"]);
      match(readFileSync(path, "utf8"), new RegExp(`"pid":${process.pid}`, "u"));
    });

  it("the right to take over is itself taken over", async () => {
    mkdirSync(join(folder.dir, "deep"));
    writeFileSync(path, "");
    // The name is made of the content of the lock it is about; here that of an empty file.
    writeFileSync(`${path}.e3b0c44298fc1c14`, JSON.stringify(dead));
    taken(await tryLock(path, "Braid"));
    deepEqual(readdirSync(join(folder.dir, "deep")), ["owner.lock"]);
  });

  it("while somebody living takes it over, it is his", async () => {
    mkdirSync(join(folder.dir, "deep"));
    writeFileSync(path, "");
    taken(await tryLock(`${path}.e3b0c44298fc1c14`, "the heir"));
    equal(refused(await tryLock(path, "Braid")).label, "the heir");
  });

  it("one of another user's living process is left alone", async () => {
    // For root the other user is one we start a process as; for anybody else it is root itself.
    const stranger = process.geteuid?.() === 0 ? spawn("sleep", ["60"], { uid: 1000, stdio: "ignore" }) : undefined;
    try {
      mkdirSync(join(folder.dir, "deep"));
      writeFileSync(path, JSON.stringify({ ...dead, pid: stranger?.pid ?? 1 }));
      chmodSync(folder.dir, 0o755);
      equal(refused(await asNobody(() => tryLock(path, "Braid"))).label, "gone");
    } finally {
      stranger?.kill("SIGKILL");
    }
  });

  it("one of another machine is left alone", async () => {
    mkdirSync(join(folder.dir, "deep"));
    writeFileSync(path, JSON.stringify({ ...dead, host: "elsewhere" }));
    equal(refused(await tryLock(path, "Braid")).host, "elsewhere");
  });
});

describe("a lock of a process whose number another one has now", () => {
  beforeEach(() => mkdirSync(join(folder.dir, "deep")));
  const mine = async () => {
    taken(await tryLock(`${path}.mine`, "Braid"));
    return JSON.parse(readFileSync(`${path}.mine`, "utf8")) as Record<string, unknown>;
  };
  it("is taken over, whatever the machine is called by now", async function () {
    const own = await mine();
    if (own["machine"] === undefined) this.skip();
    for (const host of [hostname(), "renamed"]) {
      writeFileSync(path, JSON.stringify({ ...own, host, started: "1" }));
      equal(await readHolder(path), undefined);
      await taken(await tryLock(path, "Braid")).release();
    }
  });
  it("is left alone when it is the same process under another name of the machine", async function () {
    const own = await mine();
    if (own["machine"] === undefined) this.skip();
    writeFileSync(path, JSON.stringify({ ...own, host: "renamed" }));
    equal(refused(await tryLock(path, "Braid")).standing, "alive");
  });
});

describe("a holder that says nothing any more", () => {
  beforeEach(() => mkdirSync(join(folder.dir, "deep")));
  const anHourAgo = new Date(Date.now() - 3_600_000);
  it("keeps its lock until somebody takes it on purpose, and learns of it", async () => {
    writeFileSync(path, JSON.stringify({ ...dead, host: "elsewhere" }));
    utimesSync(path, anHourAgo, anHourAgo);
    equal(refused(await tryLock(path, "Braid")).standing, "silent");
    const heir = taken(await tryLock(path, "Braid", { fromSilent: true }));
    equal((await readHolder(path))?.pid, process.pid);
    await heir.release();
  });
  it("keeps nobody from git's worktrees, though from all else", async () => {
    const repo = { dir: folder.dir, commonDir: folder.dir };
    const lock = repositoryLock(repo);
    mkdirSync(dirname(lock), { recursive: true });
    for (const at of [lock, path]) {
      writeFileSync(at, JSON.stringify({ ...dead, host: "elsewhere" }));
      utimesSync(at, anHourAgo, anHourAgo);
    }
    equal(await withWorktreeLock(repo, async () => "done"), "done");
    const stop = new AbortController();
    const waiting = withLock(path, "Braid", async () => "done", { signal: stop.signal });
    setTimeout(() => stop.abort(new Error("waited")), 200);
    await rejects(waiting, /waited/u);
  });
  it("is not robbed while it is heard of", async () => {
    writeFileSync(path, JSON.stringify({ ...dead, host: "elsewhere" }));
    equal(refused(await tryLock(path, "Braid", { fromSilent: true })).standing, "alive");
  });
  it("that wakes up is told, and leaves the new lock alone", async function () {
    this.timeout(30_000);
    const sleeper = taken(await tryLock(path, "the sleeper"));
    rmSync(path);
    const heir = taken(await tryLock(path, "the heir"));
    await once(sleeper.lost, "abort");
    await sleeper.release();
    equal((await readHolder(path))?.label, "the heir");
    await heir.release();
  });
});

describe("a lock that cannot be had", () => {
  it("in a folder that may not be written", async () => {
    chmodSync(folder.dir, 0o555);
    await asNobody(() => rejects(tryLock(join(folder.dir, "owner.lock"), "Braid"), { code: "EACCES" }));
  });
  it("whose file may not be read", async () => {
    const file = join(folder.dir, "owner.lock");
    writeFileSync(file, "", { mode: 0o600 });
    chmodSync(file, 0o000);
    chmodSync(folder.dir, 0o777);
    await asNobody(() => rejects(tryLock(file, "Braid"), { code: "EACCES" }));
  });
});

describe("two processes", () => {
  const others: ChildProcess[] = [];
  afterEach(() => others.splice(0).forEach((other) => other.kill("SIGKILL")));

  async function other(...args: readonly string[]) {
    const child = spawn(process.execPath, [OTHER, path, ...args], { stdio: ["pipe", "pipe", "inherit"] });
    others.push(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const line = async () => String((await lines.next()).value);
    equal(await line(), "ready");
    return {
      pid: child.pid,
      async go() {
        child.stdin.write("go\n");
        return line();
      },
      async end() {
        child.stdin.end();
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      },
    };
  }

  it("exactly one wins; the other is told who; then the lock passes on", async () => {
    const [one, two] = await Promise.all([other(), other()]);
    const said = await Promise.all([one.go(), two.go()]);
    const winner = said[0] === "won" ? one : two;
    deepEqual(
      said.toSorted((a, b) => b.localeCompare(a)),
      ["won", `lost to ${winner.pid} the other`],
    );
    equal(refused(await tryLock(path, "Braid")).pid, winner.pid);
    await Promise.all([one.end(), two.end()]);
    await taken(await tryLock(path, "Braid")).release();
  });

  it("one that was killed leaves a lock that is taken over", async () => {
    const victim = await other("die");
    equal(await victim.go(), "won");
    await victim.end();
    equal(existsSync(path), true);
    await taken(await tryLock(path, "Braid")).release();
  });
});
