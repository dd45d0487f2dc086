// Runs the test files of a suite: in one mocha, or each in a mocha of its own and so many at a time. Apart, what a file leaves
// behind is gone with its process, and while one waits others work; what it printed appears whole when it has ended.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";

/** Files at a time. More than there are processors, because much of a suite is waiting; not many, because the rest is git. */
const AT_ONCE = Math.min(4, availableParallelism() + 1);

/**
 * Runs `files` (together in one process unless `apart`) and adds up what they did; a process that crashes or runs out of time
 * is a failure, named in `note`. `start` runs a program: `(argv, { minutes, env, quiet }) => { code, timedOut, output }`.
 */
export async function runFiles(files, { apart, root, minutes, env, start }) {
  const until = performance.now() + minutes * 60_000;
  const dir = mkdtempSync(join(tmpdir(), "braid-suite-"));
  const batches = apart ? files.map((file) => [file]) : [files];
  const queue = batches.map((batch, i) => ({ batch, counts: join(dir, `${i}.json`) }));
  const outcomes = [];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { code, timedOut, output } = await start(mochaOn(next, root), {
        minutes: Math.max((until - performance.now()) / 60_000, 0),
        env: { ...env, BRAID_TEST_COUNTS: next.counts },
        quiet: apart,
      });
      const outcome = verdict(readCounts(next.counts), code, timedOut);
      const note = apart && outcome.note !== "" ? `${next.batch[0]} ${outcome.note}` : outcome.note;
      if (apart) process.stdout.write(note === "" ? output : `${output}\n${note}\n`);
      outcomes.push({ ...outcome, note });
    }
  };
  try {
    await Promise.all(Array.from({ length: apart ? AT_ONCE : 1 }, work));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  const sum = (key) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  const notes = outcomes.flatMap(({ note }) => (note === "" ? [] : [note]));
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped"), note: notes.join("; ") };
}

function mochaOn({ batch, counts }, root) {
  const reporter = ["--reporter", join(root, "test/reporter.cjs"), "--reporter-option", `counts=${counts}`];
  const colour = process.stdout.isTTY ? "--color" : "--no-color";
  return [
    process.execPath,
    join(root, "node_modules/mocha/bin/mocha.js"),
    "--retries",
    "0",
    colour,
    ...reporter,
    ...batch,
  ];
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
export function readCounts(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { passed: 0, failed: 0, skipped: 0, ended: false };
}
