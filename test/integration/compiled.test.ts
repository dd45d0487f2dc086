import { deepEqual } from "node:assert/strict";
import { chownSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keepCompiled } from "../../src/cli/compiled";
import { tempFolder } from "../support/temp-repo";

describe("what Node compiled of the command line", () => {
  const scratch = tempFolder();
  after(() => scratch.dispose());

  /** The folders Node was told to keep it in, with this cache. */
  function keptIn(cache: string, arrange: () => void = () => undefined): readonly string[] {
    const told: string[] = [];
    arrange();
    keepCompiled({ XDG_CACHE_HOME: cache }, { enableCompileCache: (dir: string) => told.push(dir) });
    return told;
  }

  it("is kept in the user's own cache, where nobody else writes", () => {
    const cache = join(scratch.dir, "own");
    const dir = join(cache, "braid/compiled");
    deepEqual(keptIn(cache), [dir]);
    deepEqual(statSync(dir).mode & 0o777, 0o700);
  });

  it("is not kept where there is no folder to be had", () => {
    const cache = join(scratch.dir, "file");
    deepEqual(
      keptIn(cache, () => writeFileSync(cache, "")),
      [],
    );
  });

  it("is not kept in a folder of somebody else's", function () {
    if (process.getuid?.() !== 0) this.skip();
    const cache = join(scratch.dir, "other");
    const made = (): void => {
      mkdirSync(join(cache, "braid/compiled"), { recursive: true });
      chownSync(join(cache, "braid/compiled"), 12_345, 12_345);
    };
    deepEqual(keptIn(cache, made), []);
  });

  it("is not kept by a Node that cannot", () => {
    keepCompiled({ XDG_CACHE_HOME: join(scratch.dir, "old") }, {});
  });
});
