// Words and their translations. `npm run l10n` moves new words of package.json into package.nls.json and new words of the source
// into l10n/bundle.l10n.json, and says what lacks a German word; with --check it changes nothing and fails where it would.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { contributedWords } from "./contributed-words.mjs";

const [flag, root = dirname(import.meta.dirname)] = process.argv.slice(2);
const isCheck = flag === "--check";
const LANGUAGES = ["de"];
const problems = [];
const changed = new Map();

const manifest = readJson("package.json");
const nls = readJson("package.nls.json", {});
for (const { key, text, put } of contributedWords(manifest)) {
  const name = /^%(.+)%$/u.exec(text)?.[1];
  if (name === undefined) {
    const free = freeKey(key, text);
    if (isCheck) problems.push(`package.json has the words ${JSON.stringify(text)}, not a %key%.`);
    nls[free] = text;
    put(`%${free}%`);
  } else if (nls[name] === undefined) problems.push(`package.nls.json has no ${name}.`);
}
const used = new Set(contributedWords(manifest).map(({ text }) => text.slice(1, -1)));
const names = Object.fromEntries(Object.entries(nls).filter(([key]) => used.has(key)));
for (const key of Object.keys(nls)) if (!used.has(key)) problems.push(`Nothing in package.json uses ${key}.`);
write("package.json", manifest);
write("package.nls.json", sorted(names));

const words = isCheck ? quickWords() : await exportedWords();
compare("l10n/bundle.l10n.json", words, readJson("l10n/bundle.l10n.json", {}));
write("l10n/bundle.l10n.json", words);

for (const language of LANGUAGES) {
  translate(`package.nls.${language}.json`, names);
  translate(`l10n/bundle.l10n.${language}.json`, words);
}

if (!isCheck) for (const [file, text] of changed) put(file, text);
const open = isCheck ? problems : problems.filter((problem) => problem.includes("translation"));
for (const problem of open) console.log(problem);
if (isCheck && open.length > 0)
  console.log("`npm run l10n` brings what is English up to date; CONTRIBUTING.md has the rest.");
process.exitCode = open.length > 0 ? 1 : 0;

/** A translation has every word, with the same {0}, the same commands behind links, and none that nobody asks for any more. */
function translate(file, english) {
  const known = readJson(file, {});
  for (const [key, text] of Object.entries(english)) {
    if (known[key] === undefined) problems.push(`${file} has no translation of ${JSON.stringify(key)}.`);
    else if (marks(known[key]) !== marks(text))
      problems.push(`${file}: the translation of ${JSON.stringify(key)} has ${marks(known[key])}, not ${marks(text)}.`);
  }
  for (const key of Object.keys(known))
    if (english[key] === undefined) problems.push(`${file} has ${JSON.stringify(key)}, which is gone.`);
  write(
    file,
    Object.fromEntries(Object.keys(english).flatMap((key) => (known[key] === undefined ? [] : [[key, known[key]]]))),
  );
}

/** What a translation keeps: placeholders, addresses of links, and what stands in code, but for commands, which have names in each language. */
function marks(text) {
  return (text.match(/\{\d+\}|\]\([^)]*\)|`(?!Braid:)[^`]*`|<keybinding:[^>]*>/gu) ?? []).toSorted().join(" ");
}

function compare(file, now, before) {
  for (const key of Object.keys(now))
    if (before[key] === undefined) problems.push(`${file} has no ${JSON.stringify(key)}.`);
  for (const key of Object.keys(before))
    if (now[key] === undefined) problems.push(`${file} has ${JSON.stringify(key)}, which is gone.`);
}

/** Words of the source as VS Code's own tool finds them; by key in order, so that two who add words rarely meet. */
async function exportedWords() {
  const { getL10nJson } = await import("@vscode/l10n-dev");
  const files = sources().map((file) => ({
    extension: file.endsWith("x") ? ".tsx" : ".ts",
    contents: readFileSync(file, "utf8"),
  }));
  return sorted(await getL10nJson(files));
}

/** The same, in a moment: that tool takes seconds. A test holds the two against each other. */
function quickWords() {
  const found = {};
  for (const file of sources()) {
    const text = readFileSync(file, "utf8");
    const calls = text.match(/\bl10n\.t\(/gu)?.length ?? 0;
    // The formatter leaves single quotes where a text holds double ones.
    const literals = [...text.matchAll(/\bl10n\.t\(\s*(?:("(?:[^"\\]|\\.)*")|'([^'\\]*)')/gu)].map(
      ([, double, single]) => (double === undefined ? single : JSON.parse(double)),
    );
    if (calls !== literals.length)
      problems.push(`${file}: the first thing l10n.t is given has to be a text in quotes.`);
    for (const literal of literals) found[literal] = literal;
  }
  return sorted(found);
}

function sources() {
  return ["src/host", "webview"]
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.tsx?$/u.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file, "utf8").includes("l10n.t("));
}

function freeKey(key, text) {
  for (let n = 1; ; n++) {
    const name = n === 1 ? key : `${key}.${n}`;
    if (nls[name] === undefined || nls[name] === text) return name;
  }
}

function sorted(record) {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function readJson(file, absent) {
  const path = join(root, file);
  return absent !== undefined && !existsSync(path) ? absent : JSON.parse(readFileSync(path, "utf8"));
}

function write(file, value) {
  changed.set(file, `${JSON.stringify(value, null, 2)}\n`);
}

function put(file, text) {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path) || JSON.stringify(JSON.parse(readFileSync(path, "utf8"))) !== JSON.stringify(JSON.parse(text)))
    writeFileSync(path, text);
}
