import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BraidError, type FailureCode } from "../../../src/core/failure";
import { createDemoWorkspace } from "../../../src/demo/workspace";

describe("createDemoWorkspace", () => {
  let temp: string;
  beforeEach(async () => void (temp = await mkdtemp(join(tmpdir(), "braid-demo-"))));
  afterEach(() => rm(temp, { recursive: true, force: true }));
  const git = (dir: string, ...args: string[]) => execFileSync("git", args, { cwd: dir, encoding: "utf8" }).trim();
  const fails = async (dir: string, code: FailureCode) => {
    await assert.rejects(createDemoWorkspace(dir), (error) => {
      assert.ok(error instanceof BraidError, String(error));
      assert.equal(error.failure.code, code);
      return true;
    });
  };

  it("makes a repository with one commit on main and nothing left over", async () => {
    const dir = join(temp, "a", "b");
    await createDemoWorkspace(dir);
    assert.equal(
      git(dir, "log", "--format=%an <%ae> %s", "--all"),
      "Braid Demo <demo@braid.invalid> A small link shortener",
    );
    assert.equal(git(dir, "symbolic-ref", "HEAD"), "refs/heads/main");
    assert.equal(git(dir, "status", "--porcelain", "--ignored"), "");
    const files = git(dir, "ls-files").split("\n");
    assert.deepEqual(files.slice(0, 4), [".gitignore", "README.md", "package.json", "src/app.js"]);
    assert.ok(files.every((file) => !file.includes("_")));
  });

  it("leaves the repository's configuration as git made it", async () => {
    await createDemoWorkspace(temp);
    assert.doesNotMatch(git(temp, "config", "--local", "--list"), /user\.|hookspath|excludesfile|gpgsign/iu);
  });

  it("takes an empty folder, even one inside another repository", async () => {
    git(temp, "init", "-q");
    const dir = join(temp, "empty");
    await mkdir(dir);
    await createDemoWorkspace(dir);
    assert.equal(git(dir, "rev-parse", "--show-prefix"), "");
  });

  it("keeps out of the repository that GIT_DIR names", async () => {
    const other = join(temp, "other");
    git(temp, "init", "-q", other);
    process.env["GIT_DIR"] = join(other, ".git");
    try {
      await createDemoWorkspace(join(temp, "demo"));
    } finally {
      delete process.env["GIT_DIR"];
    }
    assert.equal(git(other, "for-each-ref"), "");
    assert.match(git(join(temp, "demo"), "for-each-ref"), /refs\/heads\/main$/u);
  });

  it("refuses a folder with something in it, and a file", async () => {
    await writeFile(join(temp, "mine.txt"), "keep");
    await fails(temp, "tree.in-the-way");
    await fails(join(temp, "mine.txt"), "tree.in-the-way");
    assert.deepEqual(await readdir(temp), ["mine.txt"]);
  });

  it("says when there is no git", async () => {
    const path = process.env["PATH"];
    process.env["PATH"] = temp;
    try {
      await fails(join(temp, "y"), "git.missing");
    } finally {
      process.env["PATH"] = path;
    }
  });

  it("passes on what git says, and leaves the folder empty", async () => {
    const [dir, bin] = [join(temp, "z"), join(temp, "bin")];
    await mkdir(bin);
    await writeFile(join(bin, "git"), "#!/bin/sh\necho no room left >&2\nexit 128\n", { mode: 0o755 });
    const path = process.env["PATH"];
    process.env["PATH"] = bin;
    try {
      await fails(dir, "git.failed");
    } finally {
      process.env["PATH"] = path;
    }
    assert.deepEqual(await readdir(dir), []);
  });
});
