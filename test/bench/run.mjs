// `npm run bench [-- --quick] [NAME…]`: runs the benchmarks one after the other, so that none measures another. Each prints its
// table and leaves its figures in dist/bench/NAME.json; all of them together are in dist/bench/all.json.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const flags = process.argv.slice(2);
const isQuick = flags.includes("--quick");
const wanted = flags.filter((flag) => !flag.startsWith("-"));

const built = spawnSync(process.execPath, ["esbuild.mjs", "--tests", "--minify"], { stdio: "inherit" });
if (built.status !== 0) process.exit(1);

const results = "dist/bench";
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const folder = "dist/test/bench";
const names = readdirSync(folder)
  .flatMap((file) => (file.endsWith(".main.mjs") ? [file.slice(0, -".main.mjs".length)] : []))
  .filter((name) => wanted.length === 0 || wanted.includes(name));
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}.`);
  process.exit(2);
}

const env = { ...process.env, BRAID_BENCH: isQuick ? "quick" : "full" };
const broken = names.filter((name) => {
  console.log(`# ${name}`);
  return spawnSync(process.execPath, [join(folder, `${name}.main.mjs`)], { stdio: "inherit", env }).status !== 0;
});
const all = names.flatMap((name) => {
  const file = join(results, `${name}.json`);
  return existsSync(file) ? [JSON.parse(readFileSync(file, "utf8"))] : [];
});
writeFileSync(join(results, "all.json"), `${JSON.stringify(all, null, 2)}\n`);
const figures = all.flatMap((one) => one.figures).filter((figure) => figure.reached !== null);
console.log(`${figures.filter((figure) => figure.reached).length} of ${figures.length} limits reached`);
if (broken.length > 0) console.error(`These did not run to their end: ${broken.join(", ")}.`);
process.exitCode = broken.length > 0 ? 1 : 0;
