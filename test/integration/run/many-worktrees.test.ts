import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { openWorkPlace } from "../../../src/run/attempt/work-place";
import { portsFor } from "../../support/run-ports";
import { tempFolder, tempRepo } from "../../support/temp-repo";

const isFull = process.env["BRAID_TEST_SIZE"] === "full";
const WORKERS = isFull ? 64 : 12;
const ROUNDS = isFull ? 20 : 3;

describe("worktrees made and removed by many at once", function () {
  this.timeout(isFull ? 1_800_000 : 120_000);

  it(`${WORKERS} workers, ${ROUNDS} rounds: no failure, nothing left over`, async () => {
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`src/${i}.txt`, `${i}\n`]));
    const repo = tempRepo(files);
    const trees = tempFolder("many trees ");
    try {
      const ports = await portsFor(repo.dir, trees.dir);
      const commit = repo.git("rev-parse", "HEAD");
      for (let round = 0; round < ROUNDS; round += 1)
        await Promise.all(
          Array.from({ length: WORKERS }, async (_, i) => {
            const { signal } = new AbortController();
            const place = await openWorkPlace(ports, { name: `w${round}-${i}`, commit, writable: true, signal });
            const read = await place.workspace.read(`src/${i % 20}.txt`);
            assert.equal(read.ok && read.value.toString(), `${i % 20}\n`);
            assert.equal(await place.changed(), false);
            await place.close();
          }),
        );
      assert.deepEqual(readdirSync(trees.dir), []);
      assert.equal(repo.git("worktree", "list").split("\n").length, 1);
      const left = readdirSync(join(repo.dir, ".git")).filter((name) => /lock/u.test(name));
      assert.deepEqual([left, readdirSync(join(repo.dir, ".git/braid"))], [[], []]);
    } finally {
      trees.dispose();
      repo.dispose();
    }
  });
});
