// `npm run bench [-- --quick] [NAME…]`: runs the benchmarks one after the other, so that none measures another. Each prints its
// table and leaves its figures in dist/bench/NAME.json; all of them together are in dist/bench/all.json. In the end every question
// the house asks itself is answered in a line. `--quick` is to take five minutes where nobody else works: fewer rounds, smaller
// sizes, and of both only as much as each file's share of the time allows.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answers } from "./questions.mjs";

/**
 * Seconds of `--quick` each file has. Those that are not here answer no question of the house's and are left to the full count. First
 * come those whose one round takes long: the others make do with what they leave, or have more rounds of it.
 */
const SECONDS = {
  large: 56,
  panel: 42,
  delay: 25,
  growth: 18,
  activation: 12,
  schedule: 38,
  peers: 28,
  memory: 18,
  events: 22,
  fanout: 12,
  start: 8,
};
/** What all of them are to take, in seconds; and how much less or more than its own a file may have to get there. */
const ALL_SECONDS = 270;
const [LEAST, MOST] = [0.5, 1.5];

const flags = process.argv.slice(2);
const isQuick = flags.includes("--quick");
const wanted = flags.filter((flag) => !flag.startsWith("-"));

const built = spawnSync(process.execPath, ["esbuild.mjs", "--tests", "--minify"], { stdio: "inherit" });
if (built.status !== 0) process.exit(1);

const results = "dist/bench";
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const folder = "dist/test/bench";
const all = readdirSync(folder).flatMap((file) =>
  file.endsWith(".main.mjs") ? [file.slice(0, -".main.mjs".length)] : [],
);
const names = wanted.length > 0 ? wanted : isQuick ? Object.keys(SECONDS) : all;
const unknown = names.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}.`);
  process.exit(2);
}

const began = performance.now();
const seconds = (since) => Math.round((performance.now() - since) / 1_000);
const sum = (some) => some.reduce((all, name) => all + (SECONDS[name] ?? 30), 0);
const secondsOf = (name) => {
  const toCome = sum(names.slice(names.indexOf(name)));
  const planned = wanted.length > 0 ? sum(names) : ALL_SECONDS;
  const left = planned - (performance.now() - began) / 1_000;
  return Math.round((SECONDS[name] ?? 30) * Math.min(MOST, Math.max(LEAST, left / toCome)));
};
const broken = names.filter((name) => {
  console.log(`# ${name}`);
  const share = secondsOf(name);
  const env = {
    ...process.env,
    BRAID_BENCH: isQuick ? "quick" : "full",
    ...(isQuick ? { BRAID_BENCH_SECONDS: `${share}` } : {}),
  };
  const start = performance.now();
  const { status } = spawnSync(process.execPath, [join(folder, `${name}.main.mjs`)], { stdio: "inherit", env });
  console.log(`${name}: ${seconds(start)} s${isQuick ? ` of ${share}` : ""}\n`);
  return status !== 0;
});
const measured = names.flatMap((name) => {
  const file = join(results, `${name}.json`);
  return existsSync(file) ? [JSON.parse(readFileSync(file, "utf8"))] : [];
});
writeFileSync(join(results, "all.json"), `${JSON.stringify(measured, null, 2)}\n`);
if (wanted.length === 0) for (const line of answers(measured)) console.log(line);
const figures = measured.flatMap((one) => one.figures).filter((figure) => figure.reached !== null);
console.log(
  `${figures.filter((figure) => figure.reached).length} of ${figures.length} limits reached, in ${seconds(began)} s${broken.length > 0 ? `; broken: ${broken.join(", ")}` : ""}`,
);
process.exitCode = broken.length > 0 ? 1 : 0;
