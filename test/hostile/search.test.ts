import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openWorkspace } from "../../src/agent/jail";
import { findRipgrep } from "../../src/agent/ripgrep";
import { tempFolder } from "../support/temp-repo";

for (const engine of ["ripgrep", "the plain walk"] as const)
  describe(`a hostile search by ${engine}`, () => {
    const signal = new AbortController().signal;
    const folder = tempFolder("braid-search-");
    const open = async () =>
      openWorkspace({
        root: folder.dir,
        writable: false,
        ripgrep: engine === "ripgrep" ? await findRipgrep(folder.dir) : null,
      });
    before(() => {
      writeFileSync(join(folder.dir, "bait.txt"), `${"a".repeat(1_000_000)}!\n`);
      mkdirSync(join(folder.dir, "bait"));
      writeFileSync(join(folder.dir, "bait", "a".repeat(250)), "");
    });
    after(() => folder.dispose());

    for (const pattern of ["(a+)+$", "(a|aa)+$", "(.*a){20}$", "(a?){50}a{50}$"])
      it(`comes back from ${pattern}`, async () => {
        const workspace = await open();
        const found = await workspace.grep(pattern, { path: "bait.txt", limit: 10, signal });
        // Ripgrep's engine is linear; the plain walk may give up.
        if (engine === "ripgrep") assert.deepEqual(found, { ok: true, value: { lines: [], truncated: false } });
        else assert.ok(found.ok ? found.value.lines.length === 0 : found.refusal.reason === "pattern");
      });

    for (const pattern of [`${"*a".repeat(60)}b`, `+(a|+(a|aa))b`, `${"**/".repeat(100)}*b`, "?".repeat(400)])
      it(`comes back from ${pattern.slice(0, 20)}`, async () => {
        const workspace = await open();
        const found = await workspace.glob(pattern, { path: "bait", limit: 10, signal });
        assert.ok(found.ok ? found.value.paths.length === 0 : found.refusal.reason === "pattern");
      });

    it("leaves room for others to work meanwhile", async () => {
      const workspace = await open();
      let turns = 0;
      const timer = setInterval(() => {
        turns += 1;
      }, 1);
      await workspace.glob(`${"*a".repeat(60)}b`, { path: "bait", limit: 10, signal });
      clearInterval(timer);
      assert.ok(turns > 3, `${turns} turns`);
    });
  });
