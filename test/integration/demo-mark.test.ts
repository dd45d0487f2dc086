import assert from "node:assert/strict";
import { cpSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openRepository } from "../../src/git/repository";
import { markDemo, readDemoMark, takeDemoStart } from "../../src/host/model/demo-mark";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";

describe("the mark of a demo workspace", function () {
  this.timeout(60_000);
  let repo: TempRepo;
  beforeEach(() => (repo = tempRepo({ "a.txt": "a\n" })));
  afterEach(() => repo.dispose());

  it("lets the plan start once, and names the repository for good", async () => {
    await markDemo(repo.dir, "start");
    const opened = await openRepository(repo.dir);
    assert.deepEqual([await takeDemoStart(opened), await takeDemoStart(opened)], [true, false]);
    assert.equal(await readDemoMark(opened), "started");
    assert.equal(statSync(join(repo.dir, ".git/braid/demo")).mode & 0o77, 0);
    assert.equal(repo.git("status", "--porcelain"), "");
  });

  it("is not believed where it came with a copy of another repository's git directory", async () => {
    await markDemo(repo.dir, "start");
    const elsewhere = tempFolder();
    cpSync(repo.dir, join(elsewhere.dir, "copy"), { recursive: true });
    const opened = await openRepository(join(elsewhere.dir, "copy"));
    assert.equal(await readDemoMark(opened), undefined);
    assert.equal(await takeDemoStart(opened), false);
    elsewhere.dispose();
  });

  for (const planted of ["start", "started", "start ", `start ${"0".repeat(64)}`, "start undefined", "\0", ""])
    it(`is not believed where it says ${JSON.stringify(planted)}`, async () => {
      mkdirSync(join(repo.dir, ".git/braid"));
      writeFileSync(join(repo.dir, ".git/braid/demo"), planted);
      assert.equal(await readDemoMark(await openRepository(repo.dir)), undefined);
    });
});
