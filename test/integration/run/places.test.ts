import { deepEqual, equal, match, notEqual, ok, rejects } from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "../../../src/core/state/events";
import type { Repository } from "../../../src/git/repository";
import { Journal } from "../../../src/run/log/journal";
import {
  braidDir,
  isRunId,
  journalPath,
  listRunIds,
  newRunId,
  repositoryLock,
  runDir,
  worktreeRoot,
} from "../../../src/run/log/places";
import { chooseRun, listRuns, readRun } from "../../../src/run/log/store";
import { asNobody } from "../../support/as-nobody";
import { created } from "../../support/builders";
import { tempFolder } from "../../support/temp-repo";
import { failsWith } from "./journal-file";

let folder: ReturnType<typeof tempFolder>;
let repo: Repository;
const cache = process.env["XDG_CACHE_HOME"];
beforeEach(() => {
  folder = tempFolder();
  repo = { dir: folder.dir, commonDir: join(folder.dir, ".git") };
});
afterEach(() => {
  if (cache === undefined) delete process.env["XDG_CACHE_HOME"];
  else process.env["XDG_CACHE_HOME"] = cache;
  folder.dispose();
});

describe("places", () => {
  it("are all below the git directory", () => {
    const base = join(folder.dir, ".git", "braid");
    deepEqual(
      [braidDir(repo), runDir(repo, "r0000001"), journalPath(repo, "r0000001"), repositoryLock(repo)],
      [
        base,
        join(base, "runs", "r0000001"),
        join(base, "runs", "r0000001", "journal.jsonl"),
        join(base, "worktrees.lock"),
      ],
    );
  });

  it("new run ids are run ids and differ", () => {
    const ids = Array.from({ length: 500 }, newRunId);
    ok(ids.every(isRunId));
    equal(new Set(ids).size, 500);
  });

  for (const word of ["", "r", "R0000001", "r000000", "r00000001", "../../x", "r00/0001", "r000000\n", "r0000001\n"])
    it(`${JSON.stringify(word)} is no run's id`, () => equal(isRunId(word), false));

  it("folders by other names are no runs", async () => {
    deepEqual(await listRunIds(repo), []);
    for (const name of ["r0000001", "..hidden", "rubbish", "r0000002"])
      mkdirSync(runDir(repo, name), { recursive: true });
    deepEqual(
      (await listRunIds(repo)).toSorted((a, b) => a.localeCompare(b)),
      ["r0000001", "r0000002"],
    );
  });
});

describe("the folder for worktrees", () => {
  it("is the one that was wished for, with a name of its own for each repository", async () => {
    const wanted = join(folder.dir, "trees");
    const mine = await worktreeRoot(repo, wanted);
    equal(join(mine, ".."), wanted);
    match(mine.slice(wanted.length + 1), /^[0-9a-f]{8}$/u);
    notEqual(await worktreeRoot({ ...repo, commonDir: "/elsewhere/.git" }, wanted), mine);
  });
  it("is in the cache folder without a wish, and an empty wish is none", async () => {
    process.env["XDG_CACHE_HOME"] = join(folder.dir, "cache");
    const root = await worktreeRoot(repo);
    equal(join(root, ".."), join(folder.dir, "cache", "braid"));
    equal(await worktreeRoot(repo, ""), root);
  });
  it("is in the temporary folder when the cache cannot be written", async () => {
    writeFileSync(join(folder.dir, "cache"), "a file");
    process.env["XDG_CACHE_HOME"] = join(folder.dir, "cache");
    equal(join(await worktreeRoot(repo), ".."), join(tmpdir(), "braid"));
  });
  it("is nowhere else when the one wished for cannot be written", async () => {
    chmodSync(folder.dir, 0o555);
    await asNobody(() => rejects(worktreeRoot(repo, join(folder.dir, "trees")), failsWith("disk.denied")));
  });
});

describe("the runs of a repository", () => {
  async function store(run: string, at: number, ...events: readonly RunEvent[]): Promise<void> {
    const { journal } = await Journal.open(journalPath(repo, run), () => at);
    for (const event of events) await journal.append(event);
    await journal.close();
  }

  it("are listed with the latest first, a damaged one with its problem, one that never began not at all", async () => {
    await store("r0000001", 10, created());
    await store("r0000002", 30, created());
    await store("r0000003", 20, created(), { type: "run.paused" });
    await store("r0000004", 40);
    mkdirSync(runDir(repo, "r0000005"));
    mkdirSync(runDir(repo, "r0000006"));
    writeFileSync(journalPath(repo, "r0000006"), "rubbish\nrubbish\n");
    const runs = await listRuns(repo);
    deepEqual(
      runs.map((run) => run.id),
      ["r0000002", "r0000003", "r0000001", "r0000006"],
    );
    deepEqual(
      runs.map((run) => ("state" in run ? run.state.seq : run.problem.replace(folder.dir, ""))),
      [
        1,
        2,
        1,
        "/.git/braid/runs/r0000006/journal.jsonl is damaged (line 1 cannot be read; line 2 cannot be read), and what is left of it does not make sense.",
      ],
    );
    equal(await chooseRun(repo, undefined), "r0000002");
    equal(await chooseRun(repo, "r0000001"), "r0000001");
    equal((await readRun(repo, "r0000003")).paused, true);
    await rejects(readRun(repo, "r0000006"), failsWith("journal.corrupt"));
    await rejects(readRun(repo, "r0000004"), failsWith("run.unknown"));
  });

  it("there are none: says so", () => rejects(chooseRun(repo, undefined), failsWith("run.unknown")));
  for (const id of ["r0000009", "../../etc", ""])
    it(`${JSON.stringify(id)} is unknown`, async () => {
      await rejects(chooseRun(repo, id), failsWith("run.unknown"));
      await rejects(readRun(repo, id), failsWith("run.unknown"));
    });
});
