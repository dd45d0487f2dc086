import { deepEqual, equal, rejects } from "node:assert/strict";
import { listBranches } from "../../../src/git/branches";
import { openRepository, type Repository } from "../../../src/git/repository";
import { filesIn, readScope, resolveScope } from "../../../src/run/attempt/scope";
import { tempRepo, type TempRepo } from "../../support/temp-repo";

describe("what a review looks at, in git", function () {
  this.timeout(60_000);
  let repo: TempRepo;
  let repository: Repository;
  let first: string;

  beforeEach(async () => {
    repo = tempRepo({ "a.txt": "1\n", "src/b.txt": "1\n" });
    first = repo.git("rev-parse", "HEAD");
    repository = await openRepository(repo.dir);
  });
  afterEach(() => repo.dispose());
  const head = () => repo.git("rev-parse", "HEAD");
  const paths = async (scope: Parameters<typeof readScope>[2]) =>
    (await readScope(repository, head(), scope)).files.map((f) => (typeof f === "string" ? f : f.path));

  it("against a branch is what came after both parted, not what the other has since", async () => {
    repo.git("switch", "-qc", "work");
    repo.write("mine.txt", "1\n");
    repo.commit("mine");
    repo.git("switch", "-q", "main");
    repo.write("theirs.txt", "1\n");
    repo.commit("theirs");
    repo.git("switch", "-q", "work");
    const scope = await resolveScope(repository, head(), { against: "main" });
    deepEqual(scope, { from: first, to: head() });
    deepEqual(await paths(scope), ["mine.txt"]);
    deepEqual(await resolveScope(repository, head(), { against: "main..work" }), {
      from: repo.git("rev-parse", "main"),
      to: head(),
    });
    deepEqual(await resolveScope(repository, head(), { against: "main...work" }), { from: first, to: head() });
    deepEqual(await resolveScope(repository, head(), { against: "main..." }), { from: first, to: head() });
  });

  it("in a folder leaves out what is elsewhere, also what a folder's name begins", async () => {
    for (const path of ["a.txt", "src/b.txt", "src2/c.txt"]) repo.write(path, "2\n");
    repo.commit("two");
    const scope = await resolveScope(repository, head(), { against: first, folder: `${repo.dir}/src` });
    deepEqual(scope, { from: first, to: head(), folder: "src" });
    const facts = await readScope(repository, head(), scope);
    deepEqual(
      facts.files.map((f) => (typeof f === "string" ? f : f.path)),
      ["src/b.txt"],
    );
    equal(facts.diff.match(/^diff --git/gmu)?.length, 1);
  });

  for (const name of [":(top)x", ":x", "a*b", "[ab]", "with space", "--stat", "ünï"])
    it(`in a folder called ${name} is what is in that folder`, async () => {
      repo.write(`${name}/in.txt`, "1\n");
      repo.write("ab/out.txt", "1\n");
      repo.write("x/out.txt", "1\n");
      repo.commit("odd");
      deepEqual(await paths({ from: first, folder: name }), [`${name}/in.txt`]);
      deepEqual(await paths({ folder: name }), [`${name}/in.txt`]);
    });

  it("are files, no links and no submodules", async () => {
    repo.git("update-index", "--add", "--cacheinfo", `160000,${first},sub`);
    repo.git("commit", "-qm", "sub");
    deepEqual(await filesIn(repository, head(), null), ["a.txt", "src/b.txt"]);
  });

  it("of histories with nothing in common says so", async () => {
    repo.git("switch", "-q", "--orphan", "other");
    repo.write("o.txt", "1\n");
    repo.commit("other");
    await rejects(resolveScope(repository, head(), { against: "main" }), /have no commit in common/u);
  });
});

describe("the branches one can review against", function () {
  this.timeout(60_000);
  it("are the local and remote ones, newest first, whatever they are called", async () => {
    const repo = tempRepo({ "a.txt": "1\n" });
    try {
      repo.git("branch", "$(icon)");
      repo.git("update-ref", "refs/remotes/origin/main", "HEAD");
      repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
      repo.git("tag", "v1");
      const branches = await listBranches(await openRepository(repo.dir), 10);
      deepEqual(branches.map((b) => `${b.name} ${b.remote} ${b.subject}`).toSorted(), [
        "$(icon) false start",
        "main false start",
        "origin/main true start",
      ]);
      equal((await listBranches(await openRepository(repo.dir), 1)).length, 1);
    } finally {
      repo.dispose();
    }
  });
});
