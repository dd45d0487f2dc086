import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePrograms, findProgram } from "../../workbench/programs";

describe("programs the machine lacks", () => {
  let bin: string;
  beforeEach(() => (bin = mkdtempSync(join(tmpdir(), "braid-bin-"))));
  afterEach(() => rmSync(bin, { recursive: true, force: true }));

  const wanted = [
    { anyOf: ["chromium", "google-chrome"], debianPackage: "chromium" },
    { anyOf: ["rg"], debianPackage: "ripgrep" },
  ];
  const cases = [
    { title: "installs nothing when all is there", has: ["google-chrome", "rg"], isRoot: true, installs: [] },
    { title: "installs only what is missing", has: ["rg", "apt-get"], isRoot: true, installs: ["chromium"] },
    {
      title: "names what to install when not root",
      has: ["rg", "apt-get"],
      isRoot: false,
      says: "apt-get install chromium",
    },
    {
      title: "names what to install where there is no apt-get",
      has: [],
      isRoot: true,
      says: "Please install: chromium ripgrep",
    },
  ];
  for (const { title, has, isRoot, installs = [], says } of cases)
    it(title, async () => {
      for (const name of has) writeFileSync(join(bin, name), "", { mode: 0o755 });
      const installed: string[] = [];
      const machine = { path: bin, isRoot, install: async (names: readonly string[]) => void installed.push(...names) };
      const outcome = ensurePrograms(wanted, machine);
      if (says === undefined) await outcome;
      else await assert.rejects(outcome, (error: Error) => error.message.includes(says));
      assert.deepEqual(installed, installs);
    });

  it("finds the first of several names, and absolute paths as they are", () => {
    writeFileSync(join(bin, "b"), "");
    assert.equal(findProgram(["a", "b"], bin), join(bin, "b"));
    assert.equal(findProgram([join(bin, "b")], ""), join(bin, "b"));
    assert.equal(findProgram(["a"], bin), undefined);
  });
});
