// `npm test`: sets the machine up, builds, runs the test files of all suites, a few at a time, and prints what they did. Its last
// line is `N passed, N failed[, N skipped]`. Options: `--only unit,hostile` runs those suites, `--more` makes them larger, `--long`
// as large as they get, `--minutes=N` limits each file to N minutes. `--vscode newest` (or 1.139) takes
// that VS Code.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { mochaOn, runBatches } from "./run-files.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

// In the order they begin: quick answers first, then what takes long, so that nothing long begins last. Minutes are limits
// for one file against hanging, far above what any takes on two busy cores.
const SUITES = [
  { name: "unit", minutes: 5, together: true },
  { name: "host", minutes: 8, workbench: true, program: "dist/test/workbench/host.main.mjs" },
  { name: "e2e", minutes: 15, workbench: true },
  { name: "faults", minutes: 20 },
  { name: "integration", minutes: 15 },
  { name: "hostile", minutes: 15, workbench: /^w-/u },
];
/** The larger sizes take longer; killed runs by the thousand take hours. */
const FACTORS = { more: 6, full: 36 };
/** Files named in the end, slowest first: who waits for the tests should know for what. */
const SLOWEST = 8;
/** Lines in the end that say what failed in a file. */
const FAILURE_LINES = 40;

const NOTHING = { passed: 0, failed: 0, skipped: 0, seconds: 0 };

const groups = new Set();
process.exitCode = await main(readOptions(process.argv.slice(2)));

async function main({ suites, size, minutes }) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.once(signal, () => {
      for (const pid of groups) kill(pid);
      process.exit(130);
    });
  const rows = (await prepare(suites)) ? await runSuites(suites, size, minutes) : suites.map(setUpFailed);
  console.log(`\n${table(rows)}\n`);
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  const skipped = sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : "";
  console.log(`${sum("passed")} passed, ${sum("failed")} failed${skipped}`);
  // No test at all is no proof of anything.
  return sum("failed") > 0 || sum("passed") === 0 ? 1 : 0;
}

async function runSuites(suites, size, minutes) {
  const began = performance.now();
  const rows = new Map(suites.map((suite) => [suite.name, { name: suite.name, ...NOTHING, notes: [] }]));
  const took = [];
  const failures = [];
  const unsteady = [];
  const batches = suites.flatMap((suite) => batchesOf(suite, size, minutes));
  await runBatches(batches, {
    root: ROOT,
    start: (argv, options) => run(argv, { ...options, quiet: true }),
    ended: ({ suite, name }, { output, note, unsteady: first, ...counts }) => {
      if (first !== undefined) {
        process.stdout.write(`\n— ${name}, first try\n${first.output}\n`);
        if (counts.failed === 0)
          unsteady.push(`${name}: failed, and passed when it was run again\n${whatFailed(first)}`);
      }
      process.stdout.write(`\n— ${name}\n${output}${note === "" ? "" : `\n${name} ${note}\n`}`);
      if (counts.failed > 0) failures.push(`${name} ${note}\n${whatFailed({ output })}`);
      const row = rows.get(suite);
      for (const key of Object.keys(NOTHING)) row[key] += counts[key];
      if (note !== "") row.notes.push(`${name} ${note}`);
      took.push({ name, seconds: counts.seconds });
    },
  });
  const slowest = took.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
  // Once more, where they are found: in the end.
  for (const text of [...unsteady, ...failures]) console.log(`\n✗ ${text}`);
  const minutesInAll = ((performance.now() - began) / 60_000).toFixed(1);
  console.log(
    `\n${minutesInAll} minutes; slowest: ${slowest.map((t) => `${t.name} ${t.seconds.toFixed(0)} s`).join(", ")}`,
  );
  return [...rows.values()].map(({ notes, ...row }) => ({ ...row, note: notes.join("; ") }));
}

/** What mocha says of its failures, cut where that is long. */
function whatFailed({ output }) {
  const lines = output.trimEnd().split("\n");
  const from = lines.findLastIndex((line) => /^ +\d+ failing$/u.test(line));
  return (from < 0 ? lines.slice(-FAILURE_LINES) : lines.slice(from, from + FAILURE_LINES)).join("\n");
}

/** What runs in one process each: a file, or the whole suite where its files go `together` or a program runs them. */
function batchesOf(suite, size, minutes) {
  const files = testFiles(suite).map((file) => join("dist/test", suite.name, file.replace(/\.tsx?$/u, ".mjs")));
  const limits = {
    suite: suite.name,
    minutes: minutes ?? suite.minutes * (FACTORS[size] ?? 1),
    env: size === undefined ? {} : { BRAID_TEST_SIZE: size },
  };
  if (files.length === 0) return [];
  if (suite.program !== undefined)
    return [{ ...limits, name: suite.name, workbench: true, argv: () => [process.execPath, suite.program] }];
  if (suite.together) return [{ ...limits, name: suite.name, argv: mochaOn(files, ROOT) }];
  return files.map((file) => ({
    ...limits,
    name: file.slice("dist/test/".length),
    workbench: usesWorkbench(suite, file),
    argv: mochaOn([file], ROOT),
  }));
}

/** Whether a file needs a VS Code and a browser: all of a suite do, or those its pattern names. */
function usesWorkbench({ workbench }, file) {
  return workbench instanceof RegExp ? workbench.test(basename(file)) : workbench === true;
}

function setUpFailed({ name }) {
  return { name, ...NOTHING, failed: 1, note: "set-up failed" };
}

function readOptions(args) {
  let suites = SUITES;
  let long = false;
  let more = false;
  let minutes;
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--long") long = true;
    else if (arg === "--more") more = true;
    else if (arg === "--only") suites = pick((rest.shift() ?? "").split(","));
    else if (arg.startsWith("--only=")) suites = pick(arg.slice("--only=".length).split(","));
    else if (arg === "--vscode") process.env["BRAID_VSCODE"] = rest.shift() ?? "";
    else if (/^--minutes=[\d.]+$/u.test(arg)) minutes = Number(arg.slice("--minutes=".length));
    else usage(`Unknown option ${arg}.`);
  }
  return { suites, size: long ? "full" : more ? "more" : undefined, minutes };
}

function pick(names) {
  const unknown = names.filter((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown.length > 0) usage(`No suite "${unknown.join('", "')}".`);
  return SUITES.filter((suite) => names.includes(suite.name));
}

function usage(problem) {
  console.error(
    `${problem} Usage: npm test -- [--only SUITE,…] [--more | --long] [--vscode floor|newest]; suites: ${SUITES.map((s) => s.name).join(", ")}`,
  );
  process.exit(2);
}

async function prepare(suites) {
  const workbench = suites.some((suite) => testFiles(suite).some((file) => usesWorkbench(suite, file)));
  const steps = [
    ...(installed() ? [] : [["npm", "ci", "--no-audit", "--no-fund"]]),
    [process.execPath, "esbuild.mjs", "--tests"],
    [process.execPath, "dist/test/workbench/setup.main.mjs", ...(workbench ? ["--workbench"] : [])],
  ];
  for (const step of steps) {
    const { code } = await run(step, { minutes: 15 });
    if (code === 0) continue;
    console.error(`\nSet-up failed: ${step.join(" ")} ended with ${code}.`);
    return false;
  }
  return true;
}

// npm writes its own copy of the lock file when an install has succeeded.
function installed() {
  const done = join(ROOT, "node_modules/.package-lock.json");
  if (!existsSync(done)) return false;
  const want = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")).packages;
  const have = JSON.parse(readFileSync(done, "utf8")).packages;
  return Object.entries(want).every(
    ([path, { version, optional, devOptional }]) =>
      path === "" || optional === true || devOptional === true || have[path]?.version === version,
  );
}

function testFiles({ name }) {
  const dir = join(ROOT, "test", name);
  return existsSync(dir) ? readdirSync(dir, { recursive: true }).filter((file) => /\.test\.tsx?$/u.test(file)) : [];
}

/** Runs a program in a process group of its own, which is killed whole when the time is up or the program has ended. */
function run([program, ...args], { minutes, env = {}, quiet = false }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ["ignore", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"],
      detached: true,
    });
    let timedOut = false;
    let output = "";
    const keep = (chunk) => {
      output += chunk;
      // How far a long one is, is told at once.
      for (const line of chunk.split("\n")) if (line.startsWith("» ")) console.log(line);
    };
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", keep);
    const timer = setTimeout(() => {
      timedOut = true;
      if (!quiet) console.error(`\nStopped after ${minutes} minutes.`);
      kill(child.pid);
    }, minutes * 60_000);
    groups.add(child.pid);
    child.once("error", reject);
    child.once("exit", (code) => {
      clearTimeout(timer);
      groups.delete(child.pid);
      kill(child.pid);
      resolve({ code: code ?? -1, timedOut, output });
    });
  });
}

function kill(group) {
  try {
    process.kill(-group, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

function table(rows) {
  const heads = ["suite", "passed", "failed", "skipped", "seconds", ""];
  const cells = rows.map((row) =>
    [row.name, row.passed, row.failed, row.skipped, row.seconds.toFixed(1), row.note].map(String),
  );
  const widths = heads.map((head, i) => Math.max(head.length, ...cells.map((row) => row[i].length)));
  const line = (row) =>
    row
      .map((cell, i) => (i === 0 || i === 5 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join("  ")
      .trimEnd();
  return [heads, ...cells].map(line).join("\n");
}
