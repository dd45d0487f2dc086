// The README's tables of settings, commands and keys, from package.json: `npm run readme` writes them, --check says if they are old.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = dirname(import.meta.dirname);
const read = (file) => readFileSync(join(root, file), "utf8");
const { contributes } = JSON.parse(read("package.json"));
const nls = JSON.parse(read("package.nls.json"));
const words = (text) => text.replace(/^%(.+)%$/u, (_, key) => nls[key] ?? text);

const tables = { settings: settings(), commands: commands() };
const before = read("README.md");
let after = before;
for (const [name, table] of Object.entries(tables)) {
  const place = new RegExp(`(<!-- ${name}: npm run readme -->)[\\s\\S]*?(<!-- end of ${name} -->)`, "u");
  if (!place.test(after)) throw new Error(`README.md has no place for its ${name}.`);
  // A function: in a text `$` would mean something.
  after = after.replace(place, (_, begin, end) => `${begin}\n\n${table}\n\n${end}`);
}
if (process.argv[2] !== "--check") writeFileSync(join(root, "README.md"), after);
else if (bare(after) !== bare(before)) {
  console.log("README.md has old tables of settings or commands: `npm run readme` writes them anew.");
  process.exitCode = 1;
}

function settings() {
  const rows = contributes.configuration.flatMap(({ properties }) =>
    Object.entries(properties)
      .toSorted(([, a], [, b]) => a.order - b.order)
      .map(([id, property]) => {
        const choices = (property.enum ?? []).flatMap((value, i) => {
          const meaning = property.enumDescriptions?.[i];
          return meaning === undefined ? [] : [`\`${value}\`: ${words(meaning)}`];
        });
        return [
          `\`${id}\``,
          `\`${JSON.stringify(property.default)}\``,
          [words(property.markdownDescription), ...choices].join(" "),
        ];
      }),
  );
  return table(["Setting", "Default", "What it does"], rows);
}

/** Commands that the palette shows at some time; those that need a row or a line beneath the cursor are in the menus there. */
function commands() {
  const hidden = contributes.menus.commandPalette.flatMap(({ command, when }) => (when === "false" ? [command] : []));
  const rows = contributes.commands
    .filter(({ command }) => !hidden.includes(command))
    .map(({ command, title, category }) => [`${category}: ${words(title)}`, `\`${command}\``, keys(command)])
    .toSorted(([a], [b]) => a.localeCompare(b, "en"));
  return table(["Command", "Id", "Key"], rows);
}

function keys(command) {
  const bindings = (contributes.keybindings ?? []).filter((binding) => binding.command === command);
  return bindings
    .map(({ key, mac }) => `<kbd>${key}</kbd>${mac === undefined ? "" : ` (macOS <kbd>${mac}</kbd>)`}`)
    .join(", ");
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Without what the formatter sees to. */
function bare(text) {
  return text.replaceAll(/[ \t]*\|[ \t]*/gu, "|").replaceAll(/-{3,}/gu, "---");
}
