import { equal } from "node:assert/strict";
import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { driverGuard } from "../../../src/git/drivers";
import { git } from "../../../src/git/git";
import { sleep } from "../../../src/util/abort";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

/** Longer than a change counts as too young to be told from the next one. */
const SETTLED_MS = 150;

describe("git's configuration, looked through for programs before each call", () => {
  let repo: TempRepo;
  let reads = 0;
  beforeEach(async () => {
    repo = tempRepo({ "a.txt": "a\n" });
    reads = 0;
    await sleep(SETTLED_MS);
  });
  afterEach(() => repo.dispose());
  const look = () =>
    driverGuard(repo.dir, repo.dir, async () => {
      reads += 1;
      // With a setting on the command line, as every call of Braid's has some.
      const list = ["-c", "core.pager=cat", "config", "--list", "-z", "--show-scope", "--show-origin"];
      return (await git(repo, list)).stdout;
    });
  const plant = (name: string) => repo.git("config", `filter.${name}.clean`, "touch sprung");

  it("is read once while its files are as they were", async () => {
    await look();
    await look();
    await look();
    equal(reads, 1);
  });

  it("is read again as soon as one of them changes: what was planted meanwhile does not run", async () => {
    await look();
    plant("late");
    equal(Object.values((await look()).guard).includes("filter.late.clean"), true);
    equal(reads, 2);
  });

  it("is read again where it changed a moment before: two changes within one tick of the clock look the same", async () => {
    plant("one");
    await look();
    await look();
    equal(reads, 2);
  });

  it("is read again once the user has settings of their own where there were none", async () => {
    const home = tempFolder();
    const before = process.env["HOME"];
    process.env["HOME"] = home.dir;
    try {
      await look();
      await look();
      equal(reads, 1);
      writeFileSync(join(home.dir, ".gitconfig"), "[commit]\n\tgpgSign = true\n");
      await sleep(SETTLED_MS);
      equal((await look()).settings.get("commit.gpgsign"), "true");
      equal(reads, 2);
    } finally {
      process.env["HOME"] = before;
      home.dispose();
    }
  });

  it("is not taken for unchanged because somebody put its time back", async () => {
    await look();
    const config = join(repo.dir, ".git/config");
    writeFileSync(config, repo.read(".git/config").replace("bare = false", "bare = False"));
    utimesSync(config, 0, 0);
    await look();
    equal(reads, 2);
  });
});
