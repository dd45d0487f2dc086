import { deepEqual, equal } from "node:assert/strict";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Plan } from "../../src/core/plan/plan";
import { readLines } from "../../src/run/log/journal-lines";
import { Run } from "../../src/run/run";
import { startCli } from "../support/cli";
import { fileWriter, portsFor } from "../support/scripted-worker";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";

const SIZE = process.env["BRAID_TEST_SIZE"];
const RESULTS = SIZE === undefined ? 6 : 20;
const IDS = Array.from({ length: RESULTS }, (_, i) => `part-${i + 1}`);
/** Accepts in the log as the process is killed. */
const KILLED_AT = SIZE === undefined ? [0, 3, RESULTS] : Array.from({ length: RESULTS + 1 }, (_, k) => k);

describe(`F44 an accept of ${RESULTS} results that is killed`, function () {
  this.timeout(600_000);
  let folder: ReturnType<typeof tempFolder>;
  let ready: TempRepo;
  let run: string;
  before(async () => {
    folder = tempFolder();
    ready = tempRepo({ "README.md": "# x\n" });
    const writes = Object.fromEntries(IDS.map((id) => [id, { [`${id}.txt`]: `${id}\n` }]));
    const one = await Run.create(await portsFor(ready.dir, folder.dir, fileWriter(writes)), "g", {
      concurrency: 4,
      attempts: 1,
    });
    await one.approve(Plan.parse({ task: "t", subtasks: IDS.map((id) => ({ id, files: [`${id}.txt`] })) }));
    await one.idle();
    run = one.id;
    await one.close();
  });
  after(() => {
    ready.dispose();
    folder.dispose();
  });

  for (const k of KILLED_AT)
    it(`after ${k} of them: every one is there once, I2 and I3`, async () => {
      const dir = join(folder.dir, `killed-at-${k}`);
      cpSync(ready.dir, dir, { recursive: true });
      const env = { HOME: folder.dir, ANTHROPIC_BASE_URL: "http://127.0.0.1:9" };
      const args = ["resume", run, "--accept", "passing"];
      const journal = join(dir, ".git/braid/runs", run, "journal.jsonl");
      const { child, ended } = startCli(args, { cwd: dir, env });
      const look = setInterval(() => {
        const { events } = readLines(readFileSync(journal));
        const has = (type: string) => events.filter(({ event }) => event.type === type).length;
        if (has("accept.started") > 0 && has("accept.completed") >= k) child.kill("SIGKILL");
      }, 1);
      await ended.finally(() => clearInterval(look));
      const again = await startCli(args, { cwd: dir, env }).ended;
      equal(again.code, 0, again.stdout + again.stderr);
      const git = (...words: readonly string[]) => ready.git("-C", dir, ...words);
      const accepted = git("log", "--format=%(trailers:key=Braid-Subtask,valueonly,separator=%x2C)", "main").split(
        "\n",
      );
      deepEqual(accepted.filter((id) => id !== "").toSorted(), IDS.toSorted());
      equal(git("rev-list", "--count", "main"), `${RESULTS + 1}`);
      equal(git("status", "--porcelain"), "");
      for (const id of IDS) equal(existsSync(join(dir, `${id}.txt`)), true);
    });
});
