import { deepEqual, equal, notEqual, rejects } from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { answering } from "../../support/answering";
import { useReviewRun } from "../../support/review-run";

describe("a move of the branch whose end cannot be written, as the disk is full for a moment", function () {
  this.timeout(60_000);
  const r = useReviewRun({
    files: { "a.txt": "one\n" },
    plan: { subtasks: [{ id: "a" }, { id: "b" }] },
    writes: { a: { "a.txt": "ONE\n" }, b: { "b.txt": "b\n" } },
  });

  /** Has the next event of a type not be written. */
  async function failing<T>(type: string, act: () => Promise<T>): Promise<void> {
    const some = await open(join(r.repo.dir, "a.txt"));
    const files: Pick<FileHandle, "appendFile"> = Object.getPrototypeOf(some);
    await some.close();
    const real = files.appendFile;
    files.appendFile = async function (this: FileHandle, data, ...more) {
      if (!String(data).includes(`"${type}"`)) return real.call(this, data, ...more);
      files.appendFile = real;
      throw Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
    };
    await rejects(act(), /disk is full/u).finally(() => (files.appendFile = real));
  }

  it("has it written by the next: an accept can be undone, an undo accepted again", async () => {
    const start = r.repo.git("rev-parse", "main");
    await failing("accept.completed", () => r.run.accept("a"));
    notEqual(r.repo.git("rev-parse", "main"), start);
    await r.run.accept("b");
    equal(r.decision("a"), "accepted");
    await failing("undo.completed", () => r.run.merges.undo("a"));
    equal(r.repo.read("a.txt"), "one\n");
    await r.run.accept("a");
    deepEqual([r.repo.read("a.txt"), r.decision("a")], ["ONE\n", "accepted"]);
  });
});

describe("an accept of what is hardly a change", function () {
  this.timeout(60_000);
  const r = useReviewRun({
    files: { "pic.bin": "\0one", "a.txt": "one\n" },
    plan: { subtasks: [{ id: "nothing", agent: "researcher" }, { id: "same" }, { id: "pic" }] },
    writes: { same: { "a.txt": "ONE\n" }, pic: { "pic.bin": "\0theirs" } },
    ports: { canApprove: (about) => about === "hooks" },
  });

  it("is refused for an empty diff, in words", async () => {
    await r.refused("result.missing", () => r.run.accept("nothing"), /changed no files; there is nothing to accept/u);
    await rejects(r.review("nothing"), /changed no files; there is nothing to review/u);
  });

  it("makes no commit where the branch has the same already, and can be undone without one", async () => {
    r.repo.write("a.txt", "ONE\n");
    const head = r.repo.commit("mine");
    await r.run.accept("same");
    equal(r.repo.git("rev-parse", "main"), head);
    equal(r.decision("same"), "accepted");
    await r.run.merges.undo("same");
    deepEqual([r.repo.git("rev-parse", "main"), r.decision("same")], [head, "open"]);
  });

  it("is refused for a binary conflict, which has a name and a way out, and leaves the user's bytes", async () => {
    r.repo.write("pic.bin", "\0mine");
    r.repo.commit("mine");
    const { merge } = await r.review("pic");
    deepEqual(
      merge?.conflicts.map(({ kind, paths }) => [kind, paths]),
      [["binary", ["pic.bin"]]],
    );
    deepEqual(merge?.conflictHunks, []);
    await r.refused("merge.conflict", () => r.run.accept("pic"), /pic\.bin.*braid resolve.*binary/su);
    equal(r.repo.read("pic.bin"), "\0mine");
  });

  it("is refused where a hook formats what was reviewed, with the difference, and lands without the hook", async () => {
    const hooks = join(r.repo.dir, ".git/hooks");
    mkdirSync(hooks, { recursive: true });
    writeFileSync(join(hooks, "pre-commit"), "#!/bin/sh\necho formatted >> a.txt; git add a.txt\n");
    chmodSync(join(hooks, "pre-commit"), 0o755);
    answering(r.run, "repository");
    await r.refused("hook.changed", () => r.run.accept("same"), /changed what was to be accepted.*\+formatted/su);
    equal(r.repo.read("a.txt"), "one\n");
    await r.run.accept("same", { customs: "off" });
    equal(r.repo.read("a.txt"), "ONE\n");
  });
});

describe("an accept that brings a file git ignores", function () {
  this.timeout(60_000);
  const r = useReviewRun({
    files: { "a.txt": "one\n", ".gitignore": ".env\n" },
    plan: { subtasks: [{ id: "a" }] },
    writes: { a: { ".gitignore": "\n", ".env": "from a worker\n" } },
  });

  it("is refused where the user has one of their own, to the byte as it was", async () => {
    r.repo.write(".env", "SECRET=1\n");
    const { files } = await r.review("a");
    const config = files.flatMap(({ path, executable }) =>
      executable === null ? [] : [{ path, blob: executable.blob }],
    );
    await r.refused("tree.in-the-way", () => r.run.accept("a", { config }), /\.env/u);
    equal(r.repo.read(".env"), "SECRET=1\n");
    await rejects(r.run.accept("a", { config }));
  });
});
