import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Plan } from "../../src/core/plan/plan";
import { gitBinary } from "../../src/git/git";
import { readLines } from "../../src/run/log/journal-lines";
import { ownerLock } from "../../src/run/log/ownership";
import { journalPath } from "../../src/run/log/places";
import { Run } from "../../src/run/run";
import { startCli } from "../support/cli";
import { fileWriter, portsFor } from "../support/scripted-worker";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";

const AN_HOUR_MS = 3_600_000;

describe("F31 an accept that sleeps between its word in the log and the branch, and wakes when the run is another's", function () {
  this.timeout(120_000);
  let repo: TempRepo;
  let folder: ReturnType<typeof tempFolder>;
  let run: string;
  beforeEach(async function () {
    if (process.platform === "win32") return this.skip();
    repo = tempRepo({ "README.md": "# x\n" });
    folder = tempFolder();
    const one = await Run.create(await ports(), "g", { concurrency: 1, attempts: 1 });
    await one.approve(Plan.parse({ task: "t", subtasks: [{ id: "a" }] }));
    await one.idle();
    run = one.id;
    await one.close();
    return undefined;
  });
  afterEach(() => {
    repo.dispose();
    folder.dispose();
  });
  const ports = () => portsFor(repo.dir, folder.dir, fileWriter({ a: { "a.txt": "a\n" } }));
  const takeOver = async () => Run.open(await ports(), run, (opened) => opened.holdWorkers(), { takeOver: true });
  const decided = (log: string) =>
    readLines(readFileSync(log))
      .events.map(({ event }) => event.type)
      .filter((type) => type.startsWith("accept."));

  /** An accept that stands still, its process and all, `when` its git is about to move the branch or has taken hold of it. */
  async function asleep(when: "before git begins" | "while git holds the branch") {
    const bin = join(folder.dir, "bin");
    const [begun, goOn] = [join(bin, "begun"), join(bin, "go-on")];
    mkdirSync(bin);
    const wait = `: > '${begun}'; while [ ! -e '${goOn}' ]; do sleep 0.05; done`;
    const git = `'${gitBinary()}' "$@"`;
    const script =
      when === "before git begins"
        ? `${wait}; exec ${git}`
        : // The last word, "commit", is held back; what came before it has been carried out by then.
          `while IFS= read -r line; do [ "$line" = commit ] && { ${wait}; }; printf '%s\\n' "$line"; done | ${git}; exit`;
    writeFileSync(
      join(bin, "git"),
      `#!/bin/sh\ncase " $*" in\n*" --create-reflog --stdin"*) ${script} ;;\nesac\nexec ${git}\n`,
    );
    chmodSync(join(bin, "git"), 0o755);
    const env = { HOME: folder.dir, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
    const { child, ended } = startCli(["accept", run, "a"], { cwd: repo.dir, env });
    for (let i = 0; i < 600 && !existsSync(begun); i += 1) await pause(50);
    ok(existsSync(begun), "the accept never came to the branch");
    child.kill("SIGSTOP");
    const { repo: opened } = await ports();
    const longAgo = new Date(Date.now() - AN_HOUR_MS);
    utimesSync(ownerLock(opened, run), longAgo, longAgo);
    return {
      log: journalPath(opened, run),
      async wake() {
        writeFileSync(goOn, "");
        child.kill("SIGCONT");
        return ended;
      },
    };
  }

  it("lands nothing: the branch stays where the new owner has been told it is", async () => {
    const seen = repo.git("rev-parse", "main");
    const sleeper = await asleep("before git begins");
    const owner = await takeOver();
    deepEqual(decided(sleeper.log), ["accept.started", "accept.abandoned"]);
    const { code, stderr } = await sleeper.wake();
    match(stderr, /was taken over by another process/u);
    equal(code === 0, false);
    equal(repo.git("rev-parse", "main"), seen);
    equal(repo.git("status", "--porcelain"), "");
    // The new owner decides as if nothing had been.
    await owner.accept("a");
    equal(repo.git("rev-list", "--count", "main"), "2");
    await owner.close();
  });

  it("is not taken over while git holds the branch for it; once it has ended the branch is where the log says", async () => {
    const sleeper = await asleep("while git holds the branch");
    await rejects(takeOver(), /repo\.busy|holds|lock/iu);
    await sleeper.wake();
    const owner = await takeOver();
    deepEqual(decided(sleeper.log), ["accept.started", "accept.completed"]);
    equal(repo.git("rev-list", "--count", "main"), "2");
    equal(repo.git("status", "--porcelain"), "");
    await owner.close();
  });
});
