import { deepEqual, equal } from "node:assert/strict";
import { decidingPart, hookText, leadsOn, mayRunWithCommit, pathsNamedIn } from "../../../src/core/review/hooks";

describe("files in a folder of hooks", () => {
  const check = (name: string, may: boolean) =>
    it(`${name} ${may ? "may" : "does not"} run with a commit`, () => equal(mayRunWithCommit(name), may));
  check("pre-commit", true);
  check("commit-msg", true);
  check("reference-transaction", true);
  check("h", true);
  check("helper.sh", true);
  check("pre-commit.sample", false);
  check("pre-push", false);
  check("post-checkout", false);
  check("pre-push.exe", false);
});

describe("what a hook's text may name", () => {
  const check = (text: string, ...paths: readonly string[]) =>
    it(JSON.stringify(text), () => {
      const named = pathsNamedIn(text);
      for (const path of paths) equal(named.includes(path), true, `${path} in ${named.join(" ")}`);
    });
  check("sh ./scripts/check.sh", "scripts/check.sh");
  check('sh "$(git rev-parse --show-toplevel)/scripts/check.sh"', "scripts/check.sh");
  check("node 'tools/a b.js'", "tools/a");
  check("npx lint-staged", "package.json", ".lintstagedrc");
  check("exec node_modules/.bin/lefthook run pre-commit", "lefthook.yml");
  check("ARGS=(hook-impl --config=.pre-commit-config.yaml)", ".pre-commit-config.yaml");
  check("make -s check", "Makefile");
  check("scripts/\\\ncheck.sh", "scripts/check.sh");
  it("leads nowhere outside and is no option", () =>
    deepEqual(pathsNamedIn("sh ../../x/y /etc/../z --flag a//b ."), ["sh"]));
  it("has an end", () => equal(pathsNamedIn(Array.from({ length: 9_000 }, (_, i) => `f${i}`).join(" ")).length, 500));
});

it("of a manifest only what runs something counts, of what nobody can read all", () => {
  const manifest = (version: string, lint: string) => JSON.stringify({ version, scripts: { lint } });
  equal(decidingPart("a/package.json", manifest("1", "x")), decidingPart("a/package.json", manifest("2", "x")));
  equal(decidingPart("package.json", manifest("1", "x")) === decidingPart("package.json", manifest("1", "y")), false);
  equal(decidingPart("package.json", "{"), "{");
  equal(decidingPart("check.sh", "x"), "x");
  deepEqual([leadsOn("check.sh"), leadsOn("package.json"), leadsOn("lefthook.yml")], [true, false, false]);
});

it("a hook that is no text is shown by its hash", () =>
  equal(
    hookText({ path: ".git/hooks/pre-commit", hash: "ab", text: null, bytes: 12, changed: false }),
    ".git/hooks/pre-commit:\n(12 bytes that are not shown, hash ab)",
  ));
