import { deepEqual, equal } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { compiledDir } from "../../src/cli/compiled";
import { tempFolder } from "../support/temp-repo";

describe("what is compiled of the command line", () => {
  const scratch = tempFolder();
  after(() => scratch.dispose());

  /** Whether it is kept in a cache, and where. */
  const check = (name: string, isKept: boolean, arrange: (dir: string, cache: string) => void = () => undefined) =>
    it(name, function () {
      const cache = join(scratch.dir, name.replace(/\W+/gu, "-"));
      const dir = join(cache, "braid/compiled");
      arrange(dir, cache);
      equal(compiledDir({ XDG_CACHE_HOME: cache }), isKept ? dir : undefined);
      if (isKept) equal(statSync(dir).mode & 0o777, 0o700);
    });
  check("is kept in the user's own cache, where nobody else writes", true);
  check("is not kept where there is no folder to be had", false, (_, cache) => writeFileSync(cache, ""));
  check("is not kept in a folder where others may write", false, (dir) => {
    mkdirSync(dir, { recursive: true });
    chmodSync(dir, 0o777);
  });
  check("is not kept where a link leads elsewhere", false, (dir, cache) => {
    mkdirSync(join(cache, "braid"), { recursive: true });
    mkdirSync(join(cache, "elsewhere"));
    symlinkSync(join(cache, "elsewhere"), dir);
  });
  it("is not kept in a folder that is named from where one happens to be", () => {
    equal(compiledDir({ XDG_CACHE_HOME: "dist/cache" }), undefined);
    equal(existsSync("dist/cache"), false);
  });
  if (process.getuid?.() === 0)
    check("is not kept in a folder of somebody else's", false, (dir) => {
      mkdirSync(dir, { recursive: true });
      chownSync(dir, 12_345, 12_345);
    });
});

describe("what Braid keeps of what was compiled", function () {
  this.timeout(60_000);
  const scratch = tempFolder();
  after(() => scratch.dispose());
  const program = (word: string) =>
    `"use strict"; setImmediate(() => process.stdout.write("${word} " + require("node:path").basename(__filename) + "\\n"));`;

  /** Starts a program so often, after what is arranged with the file kept of the first start; tells how it was loaded each time. */
  const check = (name: string, expected: readonly string[], arrange: (kept: string, file: string) => void) =>
    it(name, () => {
      const dir = join(scratch.dir, name.replace(/\W+/gu, "-"));
      const kept = join(dir, "kept");
      mkdirSync(kept, { recursive: true });
      const file = join(dir, "program.cjs");
      writeFileSync(file, program("one"));
      const start = () =>
        execFileSync(process.execPath, [resolve("dist/test/integration/kept-program.main.mjs"), file, kept, "work"], {
          encoding: "utf8",
        }).trim();
      equal(start(), "compiled\none program.cjs");
      const [found = ""] = readdirSync(kept);
      equal(statSync(join(kept, found)).mode & 0o777, 0o600);
      arrange(join(kept, found), file);
      deepEqual([start(), start()], expected);
    });

  check("is used at the next start", ["kept\none program.cjs", "kept\none program.cjs"], () => undefined);
  check(
    "is not used for another program, of the same length or not",
    ["compiled\ntwo program.cjs", "kept\ntwo program.cjs"],
    (_, file) => writeFileSync(file, program("two")),
  );
  const anew = ["compiled\none program.cjs", "kept\none program.cjs"];
  check("is made anew where a byte of it is another", anew, (kept) => {
    const bytes = readFileSync(kept);
    bytes[bytes.length - 9] = (bytes.at(-9) ?? 0) ^ 1;
    writeFileSync(kept, bytes);
  });
  check("is made anew where it is cut", anew, (kept) => writeFileSync(kept, readFileSync(kept).subarray(0, 100)));
  check("is made anew where others may write to it", anew, (kept) => chmodSync(kept, 0o666));
  check("is made anew where a link leads to it", anew, (kept) => {
    renameSync(kept, `${kept}-elsewhere`);
    symlinkSync(`${kept}-elsewhere`, kept);
  });
  check("does not stay when no program has asked for it for long", anew, (kept, file) => {
    const old = join(kept, "..", "work-v1-x64-0.compiled");
    writeFileSync(old, "");
    utimesSync(old, 1, 1);
    writeFileSync(file, program("two"));
    execFileSync(process.execPath, [
      resolve("dist/test/integration/kept-program.main.mjs"),
      file,
      join(kept, ".."),
      "work",
    ]);
    equal(existsSync(old), false);
    writeFileSync(file, program("one"));
    writeFileSync(kept, "");
  });
});
