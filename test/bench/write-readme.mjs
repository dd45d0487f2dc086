// `node test/bench/write-readme.mjs`: puts the figures of the last `npm run bench` into README.md, between its two marks.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const folder = "dist/bench";
const results = readdirSync(folder)
  .filter((file) => file.endsWith(".json") && file !== "all.json")
  .map((file) => JSON.parse(readFileSync(`${folder}/${file}`, "utf8")));
const held = results.flatMap(({ question, figures }) =>
  figures.filter(({ limit }) => limit !== undefined).map((figure) => ({ question, ...figure })),
);
const say = (value) =>
  value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(value >= 10 ? 1 : 2).replace(/\.?0+$/u, "");
const rows = held.map(
  ({ question, name, unit, median, values, limit, moreIsBetter, reached }) =>
    `| ${question}: ${name} | ${say(median)} ${unit} | ${say(Math.min(...values))} – ${say(Math.max(...values))} | ${moreIsBetter ? "≥" : "≤"} ${say(limit)} | ${reached ? "yes" : "no"} |`,
);
const [{ machine }] = results;
const table = [
  `${machine.at.slice(0, 10)}, ${machine.cpus} × ${machine.cpu || "unknown CPU"}, Node ${machine.node}${process.argv[2] === undefined ? "" : `; ${process.argv[2]}`}.`,
  "",
  "| | median | spread | limit | reached |",
  "| --- | --- | --- | --- | --- |",
  ...rows,
].join("\n");
const readme = readFileSync("README.md", "utf8");
const marks = /(<!-- bench -->\n)[^]*?(<!-- \/bench -->)/u;
if (!marks.test(readme) || !existsSync(folder)) throw new Error("README.md has no place for the figures.");
writeFileSync(
  "README.md",
  readme.replace(marks, (_, from, to) => `${from}\n${table}\n\n${to}`),
);
