import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chooseRuns } from "../../../src/core/clean/choose-runs";
import { subtaskState } from "../../../src/core/state/state";
import { cleanRuns, type CleanStep } from "../../../src/run/clean/clean-run";
import { forgetArchives, restoreRun } from "../../../src/run/clean/restore-run";
import { takeStock } from "../../../src/run/clean/take-stock";
import { readRun } from "../../../src/run/log/store";
import { Run } from "../../../src/run/run";
import { asNobody } from "../../support/as-nobody";
import { useReviewRun } from "../../support/review-run";

const FILES = { "README.md": "# x\n" };
const PLAN = {
  subtasks: [
    { id: "one", files: ["one.txt"] },
    { id: "two", files: ["two.txt"] },
  ],
};
const WRITES = { one: { "one.txt": "1\n" }, two: { "two.txt": "2\n" } };
const signal = new AbortController().signal;

describe("cleaning up runs", function () {
  this.timeout(60_000);
  const at = useReviewRun({ files: FILES, plan: PLAN, writes: WRITES });

  const stock = () => takeStock(at.run.ports.repo, at.run.ports.worktreeRoot, signal);
  const cleanAll = async (onStep?: (run: string, step: CleanStep) => void) => {
    const { clean } = chooseRuns((await stock()).runs, { olderThanMs: 0 }, Date.now());
    return cleanRuns(at.run.ports, clean, { signal, ...(onStep === undefined ? {} : { onStep }) });
  };
  const refs = () => at.repo.git("for-each-ref", "--format=%(refname)", "refs/braid").split("\n").filter(Boolean);
  const folder = (...names: readonly string[]) => join(at.repo.dir, ".git/braid", ...names);
  const contents = (dir: string): Readonly<Record<string, string>> =>
    Object.fromEntries(
      readdirSync(dir, { recursive: true, withFileTypes: true, encoding: "utf8" })
        .filter((entry) => entry.isFile() && !entry.name.startsWith("owner.lock"))
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [path, readFileSync(path, "utf8")] as const),
    );
  const worktree = (name: string, ...more: readonly string[]) => {
    const dir = join(at.run.ports.worktreeRoot, `${at.run.id}-${name}`, "tree");
    at.repo.git("worktree", "add", "--quiet", "--detach", dir, ...more);
    return dir;
  };

  it("never touches a run a process has", async () => {
    const { runs } = await stock();
    match(runs[0]?.owner ?? "", /process \d+/u);
    deepEqual(await cleanAll(), []);
    // Not even when it is taken between the look and the deed.
    const seen = runs.map((run) => ({ ...run, owner: null }));
    const [outcome] = await cleanRuns(at.run.ports, seen, { signal });
    equal(outcome?.kind === "left" && outcome.failure.code, "run.busy");
    ok(existsSync(folder("runs", at.run.id, "journal.jsonl")));
  });

  it("deletes what was accepted whole, without an archive", async () => {
    await at.run.accept("one");
    await at.run.accept("two");
    await at.run.close();
    deepEqual((await stock()).runs[0]?.unmerged, []);
    deepEqual(await cleanAll(), [{ run: at.run.id, kind: "deleted" }]);
    deepEqual(refs(), []);
    deepEqual(await stock(), { runs: [], archived: [] });
    equal(at.repo.git("show", "HEAD:two.txt"), "2");
  });

  it("archives what no branch has, through git's own cleaning up, and brings it back to the byte", async () => {
    const { id } = at.run;
    await at.run.accept("one");
    await at.run.close();
    const before = contents(folder("runs", id));
    const named = at.repo.git("for-each-ref", "refs/braid");
    deepEqual((await stock()).runs[0]?.unmerged, ["two"]);
    deepEqual(await cleanAll(), [{ run: id, kind: "archived" }]);
    equal(existsSync(folder("runs", id)), false);
    equal(
      refs().every((ref) => ref.startsWith(`refs/braid/archive/${id}/`)),
      true,
    );
    const { runs, archived } = await stock();
    deepEqual(runs, []);
    deepEqual(
      archived.map(({ id: run, goal }) => [run, goal]),
      [[id, "g"]],
    );
    at.repo.git("reflog", "expire", "--expire=now", "--all");
    at.repo.git("gc", "--quiet", "--prune=now");

    deepEqual(await restoreRun(at.run.ports, id), { run: id, snapshots: [] });
    deepEqual(contents(folder("runs", id)), before);
    equal(at.repo.git("for-each-ref", "refs/braid"), named);
    const run = await Run.open(at.run.ports, id);
    await run.accept("two");
    equal(at.repo.git("show", "HEAD:two.txt"), "2");
    await run.close();
    await rejects(restoreRun(at.run.ports, id), /There is no archive/u);
  });

  it("keeps what stands in a worktree and in no commit, whatever git still knows of it", async () => {
    const { id } = at.run;
    await at.run.close();
    const known = worktree("by-hand");
    writeFileSync(join(known, "half.txt"), "half resolved\n");
    const forgotten = worktree("forgotten");
    writeFileSync(join(forgotten, "README.md"), "changed\n");
    rmSync(folder("..", "worktrees"), { recursive: true });
    const again = worktree("again");
    deepEqual((await stock()).runs[0]?.worktrees.map(({ name }) => name).toSorted(), [
      `${id}-again`,
      `${id}-by-hand`,
      `${id}-forgotten`,
    ]);
    deepEqual(await cleanAll(), [{ run: id, kind: "archived" }]);
    deepEqual(readdirSync(at.run.ports.worktreeRoot), []);
    equal(existsSync(again), false);
    equal(at.repo.git("worktree", "list", "--porcelain").match(/^worktree /gmu)?.length, 1);
    const { snapshots } = await restoreRun(at.run.ports, id);
    equal(at.repo.git("show", `${snapshots.find((ref) => ref.endsWith("by-hand"))}:half.txt`), "half resolved");
    equal(at.repo.git("show", `${snapshots.find((ref) => ref.endsWith("forgotten"))}:README.md`), "changed");
  });

  it("makes a result of a worker's files where the process went away", async () => {
    const { id } = at.run;
    await at.run.close();
    // The log as it was while the worker of one was at it.
    const journal = folder("runs", id, "journal.jsonl");
    const lines = readFileSync(journal, "utf8").split("\n");
    const start = lines.findIndex((line) => line.includes('"type":"subtask.started"') && line.includes('"one"'));
    writeFileSync(journal, `${lines.slice(0, start + 1).join("\n")}\n`);
    for (const ref of refs()) at.repo.git("update-ref", "-d", ref);
    const name = subtaskState(await readRun(at.run.ports.repo, id), "one")?.worktree ?? "";
    const dir = join(at.run.ports.worktreeRoot, name, "tree");
    at.repo.git("worktree", "add", "--quiet", "--detach", dir, "HEAD");
    writeFileSync(join(dir, "one.txt"), "half\n");
    deepEqual(await cleanAll(), [{ run: id, kind: "archived" }]);
    await restoreRun(at.run.ports, id);
    const one = subtaskState(await readRun(at.run.ports.repo, id), "one");
    equal(one?.failure?.code, "run.interrupted");
    equal(at.repo.git("show", `${one?.result?.commit}:one.txt`), "half");
  });

  it("follows no link, and takes nothing for its own that is not", async () => {
    const { id } = at.run;
    const root = at.run.ports.worktreeRoot;
    await at.run.close();
    const others = join(at.repo.dir, "precious");
    mkdirSync(join(others, "tree"), { recursive: true });
    writeFileSync(join(others, "tree/a.txt"), "a");
    symlinkSync(others, join(root, `${id}-link`));
    mkdirSync(join(root, "notes"));
    const dir = worktree("1-1", "main");
    symlinkSync(others, join(dir, "link"));
    const users = join(at.repo.dir, "..", `${id}-mine`);
    at.repo.git("worktree", "add", "--quiet", "-b", "mine", users);
    const moved = join(at.repo.dir, "..", "unplugged");
    at.repo.git("worktree", "add", "--quiet", "--detach", moved);
    rmSync(moved, { recursive: true });
    deepEqual(await cleanAll(), [{ run: id, kind: "archived" }]);
    deepEqual(readdirSync(root).toSorted(), ["notes", `${id}-link`].toSorted());
    equal(readFileSync(join(others, "tree/a.txt"), "utf8"), "a");
    match(
      at.repo.git("worktree", "list"),
      /-mine[\s\S]*unplugged/u,
      "the user's own stay, also one on a disk that is away",
    );
    rmSync(users, { recursive: true });
  });

  it("tells what it could not delete, and finishes it the next time", async function () {
    const { id } = at.run;
    await at.run.close();
    const dir = worktree("1-1", "main");
    const root = at.run.ports.worktreeRoot;
    const home = process.env["HOME"];
    const belongTo = (user: number) => execFileSync("chown", ["-R", `${user}`, at.repo.dir, root]);
    if (process.geteuid?.() !== 0) return this.skip();
    belongTo(65_534);
    execFileSync("chmod", ["555", root]);
    process.env["HOME"] = at.repo.dir;
    const [outcome] = await asNobody(() => cleanAll()).finally(() => (process.env["HOME"] = home));
    execFileSync("chmod", ["755", root]);
    belongTo(0);
    equal(outcome?.kind === "left" && outcome.failure.code, "disk.denied");
    ok(existsSync(join(dir, "..")));
    // Whatever it got to: nothing is lost, and nothing half.
    const { runs } = await stock();
    equal(runs.find((run) => run.id === id)?.owner, null);
    deepEqual(await cleanAll(), [{ run: id, kind: "archived" }]);
    deepEqual(await stock().then(({ runs: left }) => left), []);
    await restoreRun(at.run.ports, id);
    equal(subtaskState(await readRun(at.run.ports.repo, id), "two")?.status, "finished");
  });

  it("leaves a run as it is where git has no room for the archive", async function () {
    const { id } = at.run;
    await at.run.close();
    const objects = join(at.repo.dir, ".git/objects");
    const before = contents(folder("runs", id));
    execFileSync("cp", ["-a", objects, `${objects}-kept`]);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", objects], { stdio: "ignore" });
    } catch {
      // Only root may mount.
      return this.skip();
    }
    try {
      execFileSync("cp", ["-a", `${objects}-kept/.`, objects]);
      execFileSync("sh", ["-c", `dd if=/dev/zero of=${objects}/filler bs=1k 2>/dev/null || true`]);
      const [outcome] = await cleanAll();
      equal(outcome?.kind === "left" && outcome.failure.code, "disk.full");
      deepEqual(contents(folder("runs", id)), before);
      equal(
        refs().some((ref) => ref.startsWith("refs/braid/archive")),
        false,
      );
      rmSync(join(objects, "filler"));
      deepEqual(await cleanAll(), [{ run: id, kind: "archived" }]);
    } finally {
      execFileSync("umount", [objects]);
    }
  });

  it("lets one clean up at a time", async () => {
    await at.run.close();
    const { runs } = await stock();
    let second: Promise<unknown> | undefined;
    await cleanRuns(at.run.ports, runs, {
      signal,
      onStep: (_, step) => {
        if (step === "archived") second = cleanRuns(at.run.ports, runs, { signal }).catch(String);
      },
    });
    match(String(await second), /Another clean-up is under way/u);
  });

  it("forgets an archive for good when told to", async () => {
    const { id } = at.run;
    await at.run.close();
    await cleanAll();
    await forgetArchives(at.run.ports, [id]);
    deepEqual(refs(), []);
  });
});
