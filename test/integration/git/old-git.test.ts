import { deepEqual, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import { applyResults } from "../../../src/git/merge";
import { openRepository } from "../../../src/git/repository";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

describe("a git of before 2.39, which merges one pair at a time", function () {
  this.timeout(60_000);
  const path = process.env["PATH"];
  let bin: ReturnType<typeof tempFolder>;
  let temp: TempRepo;
  before(() => {
    const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
    bin = tempFolder();
    const old = join(bin.dir, "git");
    const refuse = `echo "error: unknown option 'stdin'" >&2; exit 129`;
    const note = `echo "$*" >> "${join(bin.dir, "asked")}"`;
    writeFileSync(old, `#!/bin/sh\n${note}\ncase "$*" in *merge-tree*--stdin*) ${refuse};; esac\nexec ${real} "$@"\n`);
    chmodSync(old, 0o755);
    process.env["PATH"] = `${bin.dir}${delimiter}${path ?? ""}`;
    temp = tempRepo({ "a.txt": "one\n", "b.txt": "two\n" });
  });
  after(() => {
    process.env["PATH"] = path;
    temp.dispose();
    bin.dispose();
  });

  it("is asked once for each", async () => {
    const base = temp.git("rev-parse", "HEAD");
    const made = (text: string) => {
      temp.git("reset", "-q", "--hard", base);
      temp.write("a.txt", text);
      return temp.commit("c");
    };
    const [ours, theirs] = [made("ours\n"), made("theirs\n")];
    temp.git("reset", "-q", "--hard", base);
    temp.write("b.txt", "far\n");
    const far = temp.commit("far");
    const repo = await openRepository(temp.dir);
    const merged = await applyResults(repo, [
      { base, result: ours, target: theirs },
      { base, result: ours, target: base },
      { base, result: ours, target: far },
    ]);
    deepEqual(
      merged.map((each) => (each.kind === "clean" ? temp.git("show", `${each.tree}:a.txt`) : each.files)),
      [["a.txt"], "ours", "ours"],
    );
    const asked = readFileSync(join(bin.dir, "asked"), "utf8");
    ok(asked.includes("merge-tree --name-only --stdin"), "the shorter way was tried");
  });
});
