import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RecordedEvent, RunEvent } from "../../../src/core/state/events";
import { toRunView } from "../../../src/core/state/view";
import { type Journal, readJournal } from "../../../src/run/log/journal";
import { openTracer, tracePath } from "../../../src/run/log/trace-file";
import { traceSettings } from "../../../src/trace/target";
import { asNobody } from "../../support/as-nobody";
import { begun, planOf, rejected, stateAfter } from "../../support/builders";
import { tempFolder } from "../../support/temp-repo";
import { EVENTS, failsWith, openJournal, reopened, written } from "./journal-file";

let folder: ReturnType<typeof tempFolder>;
let path: string;
beforeEach(() => {
  folder = tempFolder();
  path = join(folder.dir, "runs", "r1", "journal.jsonl");
});
afterEach(() => folder.dispose());

describe("a disk that does not take it", () => {
  it("without permission to make the folder, to make the file, or to write to it", async () => {
    chmodSync(folder.dir, 0o555);
    await asNobody(() => rejects(openJournal(path), failsWith("disk.denied")));
    chmodSync(folder.dir, 0o755);
    mkdirSync(join(folder.dir, "runs", "r1"), { recursive: true });
    chmodSync(join(folder.dir, "runs", "r1"), 0o555);
    await asNobody(() => rejects(openJournal(path), failsWith("disk.denied")));
    chmodSync(join(folder.dir, "runs", "r1"), 0o755);
    await written(path);
    chmodSync(path, 0o444);
    await asNobody(() => rejects(openJournal(path), failsWith("disk.denied")));
    equal((await readJournal(path)).events.length, EVENTS.length);
  });

  it("a folder where the journal should be", async () => {
    mkdirSync(path, { recursive: true });
    await rejects(openJournal(path), failsWith("journal.corrupt"));
  });

  describe("because it is full", () => {
    let disk: string;
    let mounted = false;
    beforeEach(function () {
      disk = join(folder.dir, "disk");
      mkdirSync(disk);
      try {
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], { stdio: "ignore" });
        mounted = true;
      } catch {
        // Only root may mount; the rest of this file needs no mount.
        this.skip();
      }
    });
    afterEach(() => {
      if (mounted) execFileSync("umount", [disk], { stdio: "ignore" });
      mounted = false;
    });

    /** Appends until the disk is full: the events that went in, and the error of the one that did not. */
    async function fill(
      journal: Journal,
    ): Promise<{ readonly kept: readonly RecordedEvent[]; readonly error: unknown }> {
      const kept: RecordedEvent[] = [];
      for (;;)
        try {
          kept.push(await journal.append(rejected("a", "x".repeat(3000))));
        } catch (error) {
          return { kept, error };
        }
    }

    it("keeps what went in, takes back what did not, and is no problem once there is room", async () => {
      const file = join(disk, "journal.jsonl");
      const ballast = join(disk, "ballast");
      const { journal } = await openJournal(file);
      writeFileSync(ballast, Buffer.alloc(40_000));
      const { kept, error } = await fill(journal);
      failsWith("disk.full")(error);
      ok(kept.length > 0);
      deepEqual((await readJournal(file)).events, kept);
      equal(readFileSync(file).at(-1), 10);

      rmSync(ballast);
      const next = await journal.append({ type: "run.paused" });
      await journal.close();
      deepEqual(await reopened(file), [...kept, next]);
    });

    it("a trace goes on in a line of its own behind half of one", async () => {
      const repo = { dir: disk, commonDir: disk };
      const file = tracePath(repo, "r0000001");
      mkdirSync(dirname(file), { recursive: true });
      // What is left of its last page takes the first bytes of the next line, and no more.
      writeFileSync(file, `{"filler":"${"x".repeat(4_000)}"}\n`);
      const ballast = join(disk, "ballast");
      for (let page = 0; page < 64; page += 1)
        try {
          appendFileSync(ballast, Buffer.alloc(4_096));
        } catch {
          break;
        }
      const logged: string[] = [];
      const tracer = openTracer({
        repo,
        run: "r0000001",
        before: [],
        settings: traceSettings({}),
        view: () => toRunView(stateAfter(...begun(planOf("a")))),
        written: async () => undefined,
        isTaken: () => false,
        log: (line) => void logged.push(line),
      });
      const [made, planned] = [begun(planOf("a"))[0], begun(planOf("a"))[1]].map((event, i) => ({
        seq: i + 1,
        at: 1,
        event: event as RunEvent,
      }));
      if (made === undefined || planned === undefined) throw new Error("no events");
      tracer.onRecorded(made);
      tracer.onRecorded(planned);
      while (logged.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      match(logged.join(), /The disk is full/u);
      rmSync(ballast);
      await tracer.close();
      const lines = readFileSync(file, "utf8").trimEnd().split("\n");
      equal(lines.length, 2);
      ok("resourceSpans" in JSON.parse(lines[1] ?? ""));
    });

    it("writes nothing behind a tail it could not take back", async function () {
      const file = join(disk, "journal.jsonl");
      const ballast = join(disk, "ballast");
      const { journal } = await openJournal(file);
      writeFileSync(ballast, Buffer.alloc(40_000));
      try {
        // A file that only grows cannot be cut.
        execFileSync("chattr", ["+a", file], { stdio: "ignore" });
      } catch {
        await journal.close();
        this.skip();
      }
      const { kept } = await fill(journal);
      ok(readFileSync(file).at(-1) !== 10, "nothing was left behind");
      rmSync(ballast);
      await rejects(journal.append({ type: "run.paused" }), failsWith("disk.denied"));
      deepEqual((await readJournal(file)).events, kept);
      await rejects(reopened(file), failsWith("disk.denied"));

      execFileSync("chattr", ["-a", file]);
      const next = await journal.append({ type: "run.paused" });
      await journal.close();
      deepEqual(await reopened(file), [...kept, next]);
    });
  });
});
