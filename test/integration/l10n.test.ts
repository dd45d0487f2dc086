import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempFolder } from "../support/temp-repo";
import { ROOT } from "../workbench/root";

const FILES = ["package.json", "package.nls.json", "package.nls.de.json", "l10n", "build"];

describe("words and their translations", function () {
  this.timeout(60_000);
  const folder = tempFolder();
  after(() => folder.dispose());

  /** What the check says of Braid with one thing changed, in a folder of its own. */
  let count = 0;
  function said(file: string, change: (text: string) => string): string {
    const dir = join(folder.dir, String((count += 1)));
    for (const entry of FILES) cpSync(join(ROOT, entry), join(dir, entry), { recursive: true });
    for (const source of ["src/host", "webview"]) {
      mkdirSync(join(dir, source), { recursive: true });
      // All words in use, without the files they are in.
      const words = Object.keys(JSON.parse(readFileSync(join(ROOT, "l10n/bundle.l10n.json"), "utf8")) as object);
      writeFileSync(join(dir, source, "words.ts"), words.map((word) => `l10n.t(${JSON.stringify(word)});`).join("\n"));
    }
    const before = readFileSync(join(dir, file), "utf8");
    const after = change(before);
    writeFileSync(join(dir, file), after);
    const { status, stdout, stderr } = spawnSync(process.execPath, ["build/l10n.mjs", "--check", dir], {
      cwd: ROOT,
      encoding: "utf8",
    });
    assert.equal(status, before === after ? 0 : 1, stdout + stderr);
    return stdout;
  }

  it("stands as it is", () => {
    assert.equal(
      said("package.json", (text) => text),
      "",
    );
  });

  const check = (name: string, file: string, change: (text: string) => string, message: RegExp) =>
    it(name, () => assert.match(said(file, change), message));

  check(
    "finds a word of package.json that is no key",
    "package.json",
    (text) => text.replace("%command.doctor%", "Doctor"),
    /package\.json has the words "Doctor", not a %key%/u,
  );
  check(
    "finds a key without a word",
    "package.json",
    (text) => text.replace("%command.doctor%", "%command.nurse%"),
    /package\.nls\.json has no command\.nurse/u,
  );
  check(
    "finds a word nothing uses",
    "package.nls.json",
    (text) => text.replace("{", '{ "command.gone": "Gone",'),
    /Nothing in package\.json uses command\.gone/u,
  );
  check(
    "finds a translation that is missing",
    "package.nls.de.json",
    (text) => text.replace(/^.*"command\.doctor".*\n/mu, ""),
    /package\.nls\.de\.json has no translation of "command\.doctor"/u,
  );
  check(
    "finds a placeholder that is lost",
    "l10n/bundle.l10n.de.json",
    (text) => text.replace('"Welle {0}"', '"Welle"'),
    /the translation of "Wave \{0\}" has , not \{0\}/u,
  );
  check(
    "finds a link that leads elsewhere",
    "package.nls.de.json",
    (text) => text.replace("(command:braid.tryDemo)", "(command:braid.doctor)"),
    /the translation of "[\w.]+" has/u,
  );
  check(
    "finds a word of the source that is in no bundle",
    "src/host/words.ts",
    (text) => `${text}\nl10n.t("New here");`,
    /bundle\.l10n\.json has no "New here"/u,
  );
  check(
    "finds a word that is put together",
    "src/host/words.ts",
    (text) => text + "\nl10n.t(`New ${here}`);",
    /has to be a text in quotes/u,
  );
});
