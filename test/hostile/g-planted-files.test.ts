import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { BraidError } from "../../src/core/failure";
import type { RunEvent } from "../../src/core/state/events";
import { refuseHalfMoved } from "../../src/git/half-done";
import { openRepository, type Repository } from "../../src/git/repository";
import { readDemoMark } from "../../src/host/model/demo-mark";
import { readNoteOf } from "../../src/run/attempt/notes";
import { readTurns } from "../../src/run/attempt/turn-file";
import { readTranscript } from "../../src/run/history/read-transcript";
import { followRun } from "../../src/run/log/follow";
import { toLine } from "../../src/run/log/journal-lines";
import { ownerOf } from "../../src/run/log/ownership";
import { braidDir, journalPath, runDir } from "../../src/run/log/places";
import { listRunsInShort, readRun } from "../../src/run/log/store";
import { markOf } from "../../src/run/log/summary";
import { readTranscripts } from "../../src/run/log/transcript-files";
import { Run } from "../../src/run/run";
import { isOwnRun } from "../../src/run/steering/own-seal";
import { isRemembered } from "../../src/run/steering/remembered";
import { begun, finished, planOf, record, started } from "../support/builders";
import { portsFor } from "../support/run-ports";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";

const ID = "r0000001";
const STORY = [...begun(planOf("a")), started("a"), finished("a", "x")];
/** A pipe nobody writes to would take one of the few threads Node reads files with, each time. */
const SOON_MS = 10_000;

describe("files in the place of Braid's own that came with an archive (G03)", function () {
  this.timeout(60_000);
  let temp: TempRepo;
  let outside: ReturnType<typeof tempFolder>;
  let repo: Repository;
  beforeEach(async () => {
    temp = tempRepo({ a: "1\n" });
    outside = tempFolder();
    repo = await openRepository(temp.dir);
    plant(STORY);
  });
  afterEach(() => {
    temp.dispose();
    outside.dispose();
  });

  const inRun = (path: string) => join(runDir(repo, ID), path);
  function plant(events: readonly RunEvent[]): void {
    mkdirSync(runDir(repo, ID), { recursive: true });
    writeFileSync(journalPath(repo, ID), record(events).map(toLine).join(""));
  }
  const open = async () => {
    const run = await Run.open(await portsFor(temp.dir, outside.dir), ID, (opened) => opened.holdWorkers());
    await run.close();
    return "opened";
  };

  const readers: readonly (readonly [string, () => string, () => Promise<unknown>])[] = [
    ["log, listed", () => journalPath(repo, ID), () => listRunsInShort(repo, 0)],
    ["log, read", () => journalPath(repo, ID), () => readRun(repo, ID)],
    ["log, followed", () => journalPath(repo, ID), () => followRun(repo, ID, AbortSignal.timeout(SOON_MS)).next()],
    ["log, gone on with", () => journalPath(repo, ID), open],
    ["lock", () => inRun("owner.lock"), () => ownerOf(repo, ID)],
    ["lock, gone on with", () => inRun("owner.lock"), open],
    ["seal", () => inRun("seal"), () => isOwnRun(repo, ID)],
    ["transcript", () => inRun("transcripts/1-1.jsonl"), () => readTranscript(repo, ID, "1-1")],
    ["transcripts", () => inRun("transcripts/1-1.jsonl"), () => readTranscripts(repo, ID)],
    ["transcript, gone on with", () => inRun("transcripts/1-2.jsonl"), open],
    ["record of turns", () => inRun("turns/1-1.jsonl"), () => readTurns(inRun("turns/1-1.jsonl"))],
    ["record of turns, gone on with", () => inRun("turns/1-2.jsonl"), open],
    ["list of what is allowed", () => join(braidDir(repo), "approvals.json"), () => isRemembered(repo, "k")],
    ["pointer of a worktree", () => join(repo.commonDir, "gitdir"), () => openRepository(temp.dir)],
    [
      "branch of a rebase",
      () => join(repo.commonDir, "rebase-merge/head-name"),
      () => refuseHalfMoved(repo, "refs/heads/main"),
    ],
    ["demo's mark", () => join(braidDir(repo), "demo"), () => readDemoMark(repo)],
  ];
  for (const [what, place, read] of readers)
    it(`G03 the ${what}: a pipe keeps nobody waiting, a link leads nowhere, a huge file is not read`, async function () {
      if (process.platform === "win32") return this.skip();
      const secret = join(outside.dir, "secret");
      const content = `${record(STORY).map(toLine).join("")}SECRET\n`;
      writeFileSync(secret, content);
      const make: Readonly<Record<string, (path: string) => void>> = {
        pipe: (path) => execFileSync("mkfifo", [path]),
        link: (path) => symlinkSync(secret, path),
        huge: (path) => {
          writeFileSync(path, "");
          truncateSync(path, 1024 ** 3 + 1);
        },
      };
      for (const [kind, put] of Object.entries(make)) {
        // What is not read whole may be as long as it likes.
        if (kind === "huge" && what.startsWith("transcript")) continue;
        rmSync(place(), { force: true });
        mkdirSync(dirname(place()), { recursive: true });
        put(place());
        const said = await Promise.race([
          read().then(
            (value) => JSON.stringify(value) ?? "nothing",
            (error: unknown) => (error instanceof BraidError ? "refused" : String(error)),
          ),
          new Promise<string>((resolve) => setTimeout(resolve, SOON_MS, "waits").unref()),
        ]);
        ok(said !== "waits" && !/SECRET|A goal/u.test(said), `${kind}: ${said}`);
        if (what.endsWith("gone on with") && kind !== "huge") equal(said, "refused", kind);
        equal(readFileSync(secret, "utf8"), content, `${kind} wrote elsewhere`);
        rmSync(place(), { force: true });
      }
      return undefined;
    });

  it("G03 a summary that is another run's counts for nothing", async () => {
    const [own] = await listRunsInShort(repo, 0);
    const kept = inRun("summary.json");
    const { mark: _, ...rest }: Record<string, unknown> = JSON.parse(readFileSync(kept, "utf8"));
    const summary = JSON.parse(JSON.stringify(rest["summary"]).replaceAll(ID, "r0000002").replace("A goal", "theirs"));
    const mark = await markOf(repo, ID);
    writeFileSync(kept, JSON.stringify({ v: 1, crc: crc32(JSON.stringify([1, mark, summary])), mark, summary }));
    deepEqual(await listRunsInShort(repo, 0), [own]);
  });

  for (const file of ["../../../../../outside", "/etc/passwd", "1-aaaaaaaa.md/../../seal", "1-aaaaaaaa.md\n", ""])
    it(`G03 a note that the log says is in ${JSON.stringify(file)} is not read, and goes to no model`, async () => {
      writeFileSync(join(temp.dir, "outside"), "SECRET");
      plant([...STORY, { type: "note.written", subtask: "a", attempt: 1, name: "n", file, bytes: 1 }]);
      await rejects(readNoteOf(repo, await readRun(repo, ID), "a", "n"), /names a note that no worker wrote/u);
    });

  it("G03 what git lists as a run's worktree, reached through a link, is not deleted", async () => {
    const theirs = join(outside.dir, "tree");
    mkdirSync(theirs);
    writeFileSync(join(theirs, "thesis"), "mine");
    const metadata = join(repo.commonDir, "worktrees/x");
    mkdirSync(metadata, { recursive: true });
    symlinkSync(outside.dir, join(temp.dir, `${ID}-x`));
    writeFileSync(join(metadata, "gitdir"), `${join(temp.dir, `${ID}-x`, "tree", ".git")}\n`);
    writeFileSync(join(metadata, "commondir"), "../..\n");
    writeFileSync(join(metadata, "HEAD"), `${temp.git("rev-parse", "HEAD")}\n`);
    ok(temp.git("worktree", "list").includes(`${ID}-x/tree`));
    equal(await open(), "opened");
    equal(readFileSync(join(theirs, "thesis"), "utf8"), "mine");
  });

  it("G03 a folder the log names for a conflict by hand is none but ours", async () => {
    const theirs = join(outside.dir, "theirs");
    mkdirSync(join(theirs, "tree"), { recursive: true });
    const resolving = { onto: "1".repeat(40), tree: "1".repeat(40), files: ["a"], conflicts: [] };
    plant([...STORY, { type: "conflict.opened", subtask: "a", worktree: "../theirs", resolving }]);
    mkdirSync(join(outside.dir, "trees"));
    const ports = await portsFor(temp.dir, join(outside.dir, "trees"));
    const run = await Run.open(ports, ID, (opened) => opened.holdWorkers());
    await rejects(run.merges.takeByHand("a"), /names a folder that Braid did not make/u);
    await rejects(run.merges.openByHand("a"), /names a folder that Braid did not make/u);
    await run.close();
    ok(existsSync(join(theirs, "tree")));
  });
});
