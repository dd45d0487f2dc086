import { deepEqual, equal, match } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { PastRun, SuccessRates } from "../../../src/core/history/past-run";
import { openRepository } from "../../../src/git/repository";
import { listTranscripts, readTranscript } from "../../../src/run/history/read-transcript";
import { readRun } from "../../../src/run/log/store";
import { ONE, useCli } from "../../support/cli-fixture";

describe("braid history, show, clean and restore", function () {
  this.timeout(60_000);
  const at = useCli();

  it("tell of a run, delete it once asked to, and bring it back", async () => {
    const plan = join(at.home.dir, "plan.yml");
    writeFileSync(plan, ONE);
    match((await at.braid("history")).stdout, /No runs yet/u);
    equal((await at.braid("run", plan, "--yes")).code, 3);

    const text = (await at.braid("history")).stdout;
    match(text, /^r\w{7} {2}review {5}just now · .*1 to review {2}One file$/mu);
    match(text, /^Subtasks that ended well: 1 of 1 \(100 %\)$/mu);
    match(text, /^In all: 1 run, /mu);
    const { runs, rates }: { runs: readonly PastRun[]; rates: SuccessRates } = JSON.parse(
      (await at.braid("history", "--json")).stdout,
    );
    const id = runs[0]?.id ?? "";
    deepEqual(rates.finished, { good: 1, of: 1 });

    const shown = (await at.braid("show")).stdout;
    match(shown, new RegExp(`Transcript of one, attempt 1: braid show ${id} --transcript 1-1`, "u"));
    equal((await at.braid("show", id, "--plan")).stdout, ONE);
    // Not by the fixture, which takes a line with a brace for an event.
    const env = { PATH: process.env["PATH"], ...at.env };
    const said = execFileSync(process.execPath, [resolve("dist/cli.mjs"), "show", id, "--transcript", "one"], {
      cwd: at.repo.dir,
      env,
      encoding: "utf8",
    });
    match(said, /^# one, attempt 1\n\n## Braid/u);
    const none = await at.braid("show", id, "--transcript", "../../journal");
    equal(none.code, 2);
    match(none.stderr, /no transcript of "..\/..\/journal"/u);

    match((await at.braid("clean")).stdout, /Nothing to delete\.[\s\S]*last touched just now/u);
    const preview = await at.braid("clean", "--older-than", "0");
    equal(preview.code, 0);
    match(preview.stdout, /To be deleted:[\s\S]*work of one is in no branch: archived first[\s\S]*--yes deletes/u);
    match((await at.braid("clean", id, "--yes")).stdout, new RegExp(`${id} deleted; its work is archived`, "u"));
    match((await at.braid("history")).stdout, /No runs yet/u);
    match((await at.braid("restore")).stdout, new RegExp(`^${id} {2}archived just now {2}One file$`, "mu"));
    equal((await at.braid("restore", id)).code, 0);
    equal((await at.braid("accept", id, "one")).code, 0);
    equal((await at.braid("restore", "r0000000")).code, 2);
    equal((await at.braid("clean", "r0000000")).code, 2);
    equal((await at.braid("clean", "--older-than", "soon")).code, 2);

    // Nothing of a file's name is believed, nor that it is whole.
    const repo = await openRepository(at.repo.dir);
    const state = await readRun(repo, id);
    appendFileSync(join(at.repo.dir, ".git/braid/runs", id, "transcripts/9-9.jsonl"), "{torn");
    deepEqual(
      (await listTranscripts(repo, state)).map(({ title }) => title),
      ["9-9", "one, attempt 1"],
    );
    deepEqual(await readTranscript(repo, id, "9-9"), ["{torn"]);
  });
});
