import assert from "node:assert/strict";
import { loadedAtStart } from "../support/loaded-code";

/** kB of the program as it is built for the tests, which is more than what is shipped, without any package. */
const PROGRAMS: readonly { readonly program: string; readonly kB: number; readonly packages: readonly string[] }[] = [
  // Every window in which anybody opens a repository pays for it.
  { program: "dist/extension.mjs", kB: 40, packages: [] },
  // The words of the command line are checked before anything else is there.
  { program: "dist/cli.mjs", kB: 90, packages: [] },
];

describe("what a program loads before it does anything", () => {
  for (const { program, kB, packages } of PROGRAMS)
    it(`${program}: at most ${kB} kB, and of packages ${packages.join(", ") || "none"}`, () => {
      const { bytes, sources } = loadedAtStart(program);
      const used = sources.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/u.exec(path)?.[1] ?? []);
      assert.deepEqual([...new Set(used)], packages);
      assert.ok(bytes > 0 && bytes <= kB * 1_000, `${bytes} bytes`);
    });
});
