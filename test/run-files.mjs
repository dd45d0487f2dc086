// Runs batches of test files, each in a process of its own and a few at a time, whatever suite they are of: what a batch
// leaves behind is gone with its process, and while one waits others work. What it printed appears whole when it has ended.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";

/** Batches at a time. More than there are processors, because much of a test is waiting; not many, because the rest is git. */
const AT_ONCE = Math.min(5, availableParallelism() + 2);
/** Of these as many with a VS Code and a browser, which take a processor each while they start. */
const WORKBENCHES_AT_ONCE = Math.max(1, Math.floor(AT_ONCE / 3));

/**
 * Runs each batch, `{ name, argv, minutes, env, workbench }`, in the order given as far as there is room. `start` runs a
 * program: `(argv, { minutes, env }) => { code, timedOut, output }`. Calls `ended` with each batch, what it did and the
 * seconds it took; a process that crashes or runs out of time is a failure, named in `note`.
 *
 * What fails with a VS Code and a browser is run once more when all else has ended: they share the machine with the others and
 * have time limits of their own that nobody can set. `unsteady` is then what the first try did, for whoever has to mend it.
 */
export async function runBatches(batches, { root, start, ended }) {
  const dir = mkdtempSync(join(tmpdir(), "braid-suite-"));
  const waiting = batches.map((batch, i) => ({ ...batch, counts: join(dir, `${i}.json`) }));
  const again = [];
  let workbenches = 0;
  const runOne = async ({ argv, minutes, env, counts }) => {
    const began = performance.now();
    const { code, timedOut, output } = await start(argv(reporting(counts, root)), {
      minutes,
      env: { ...env, BRAID_TEST_COUNTS: counts },
    });
    const outcome = verdict(readCounts(counts), code, timedOut);
    return { ...outcome, output, seconds: (performance.now() - began) / 1000 };
  };
  const next = () => {
    const at = waiting.findIndex((batch) => !batch.workbench || workbenches < WORKBENCHES_AT_ONCE);
    return at < 0 ? undefined : waiting.splice(at, 1)[0];
  };
  const work = async () => {
    for (let batch = next(); batch !== undefined; batch = next()) {
      workbenches += batch.workbench ? 1 : 0;
      const outcome = await runOne(batch);
      workbenches -= batch.workbench ? 1 : 0;
      if (batch.workbench && outcome.failed > 0) again.push({ batch, first: outcome });
      else ended(batch, outcome);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    for (const { batch, first } of again) {
      rmSync(batch.counts, { force: true });
      const outcome = await runOne(batch);
      ended(batch, { ...outcome, unsteady: first });
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function reporting(counts, root) {
  return ["--reporter", join(root, "test/reporter.cjs"), "--reporter-option", `counts=${counts}`];
}

/** The command that runs test files in one mocha. */
export function mochaOn(files, root) {
  const colour = process.stdout.isTTY ? "--color" : "--no-color";
  const mocha = [process.execPath, join(root, "node_modules/mocha/bin/mocha.js"), "--retries", "0", colour];
  return (reporter) => [...mocha, ...reporter, ...files];
}

/** What a program that counts did: nothing but a whole count with a matching exit code is taken at its word. */
export function verdict(counts, code, timedOut) {
  const { passed, failed, skipped, ended } = counts;
  const fault = (note) => ({ passed, failed: Math.max(failed, 1), skipped, note });
  if (timedOut) return fault("ran out of time");
  if (!ended) return fault("crashed");
  if (passed + failed + skipped === 0) return fault("ran no test");
  if (code !== 0 && failed === 0) return fault(`ended with ${code}`);
  return { passed, failed, skipped, note: "" };
}

/** What the reporter has counted so far. */
function readCounts(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { passed: 0, failed: 0, skipped: 0, ended: false };
}
