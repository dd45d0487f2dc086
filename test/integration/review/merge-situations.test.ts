import { deepEqual, equal, ok } from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { describeConflict } from "../../../src/core/review/conflict";
import { parseDiff } from "../../../src/core/review/hunks";
import { partsOf, takesOf } from "../../../src/core/review/selection";
import { diffText } from "../../../src/git/diff";
import { applyResult, applyResults, type Merged } from "../../../src/git/merge";
import { diffStanding } from "../../../src/git/standing-diff";
import { partialTree } from "../../../src/git/partial-tree";
import { openRepository, treeOf, type Repository } from "../../../src/git/repository";
import { MERGE_SITUATIONS, type Tree } from "../../fixtures/merge-situations";
import { TEST_SIZE } from "../../support/size";
import { tempRepo, type TempRepo } from "../../support/temp-repo";

/** Writes a tree of each situation as commits `s/N/base`, `s/N/ours` and `s/N/theirs`, all in one go. */
function fastImport(): Buffer {
  const parts: Buffer[] = [];
  const add = (words: string | Buffer) => parts.push(Buffer.from(words));
  const data = (content: Buffer) => {
    add(`data ${content.length}\n`);
    add(content);
    add("\n");
  };
  const commit = (ref: string, tree: Tree, from?: string) => {
    add(`commit refs/heads/${ref}\ncommitter Ada <ada@example.com> 1700000000 +0000\n`);
    data(Buffer.from("m"));
    if (from !== undefined) add(`from refs/heads/${from}\n`);
    add("deleteall\n");
    for (const [path, entry] of Object.entries(tree)) {
      const { mode, content } = typeof entry === "string" ? { mode: "100644", content: entry } : entry;
      const name = `"${path.replace(/["\\]/gu, "\\$&").replaceAll("\t", "\\t")}"`;
      if (mode === "160000") add(`M 160000 ${content} ${name}\n`);
      else {
        add(`M ${mode} inline ${name}\n`);
        // Latin-1, so that a test can write any byte.
        data(Buffer.from(content, "latin1"));
      }
    }
  };
  MERGE_SITUATIONS.forEach(({ base, ours, theirs }, i) => {
    commit(`s/${i}/base`, base);
    commit(`s/${i}/ours`, ours, `s/${i}/base`);
    commit(`s/${i}/theirs`, theirs, `s/${i}/base`);
  });
  return Buffer.concat(parts);
}

/** What `git merge` makes of two branches: a tree, or the kinds of its conflicts. */
function gitMerge(dir: string, ours: string, theirs: string): string | readonly string[] {
  const git = (...args: readonly string[]) => spawnSync("git", args, { cwd: dir, encoding: "utf8" });
  git("reset", "-q", "--hard");
  git("clean", "-fdxq");
  equal(git("checkout", "-q", "--force", "--detach", ours).status, 0);
  const merged = git("-c", "merge.renames=true", "merge", "--no-edit", theirs);
  if (merged.status === 0) return git("rev-parse", "HEAD^{tree}").stdout.trim();
  return kindsOf(merged.stdout.split("\n"));
}

function kindsOf(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => /^CONFLICT ?\(([^)]*)\)/u.exec(line)?.[1] ?? []).toSorted();
}

describe(`F41 the tree Braid accepts is the one git merge makes, in ${MERGE_SITUATIONS.length} situations`, function () {
  this.timeout(120_000);
  let temp: TempRepo;
  let repo: Repository;
  let all: readonly Merged[];
  const commit = (i: number, side: string) => temp.git("rev-parse", `s/${i}/${side}`);
  before(async () => {
    temp = tempRepo({ start: "x\n" });
    execFileSync("git", ["fast-import", "--quiet"], { cwd: temp.dir, input: fastImport() });
    repo = await openRepository(temp.dir);
    const applications = MERGE_SITUATIONS.map((_, i) => ({
      base: commit(i, "base"),
      result: commit(i, "theirs"),
      target: commit(i, "ours"),
    }));
    all = await applyResults(repo, applications);
    equal(all.length, MERGE_SITUATIONS.length);
  });
  after(() => temp.dispose());

  MERGE_SITUATIONS.forEach(({ name }, i) => {
    it(name, async () => {
      const [base, ours, theirs] = [commit(i, "base"), commit(i, "ours"), commit(i, "theirs")];
      const merged = await applyResult(repo, { base, result: theirs, target: ours });
      deepEqual(all[i], merged, "many at once are merged as each alone");
      const expected = gitMerge(temp.dir, ours, theirs);
      if (typeof expected === "string") {
        equal(merged.kind, "clean", merged.kind === "conflict" ? merged.messages.join("\n") : "");
        equal(merged.kind === "clean" && merged.tree, expected);
        return;
      }
      ok(merged.kind === "conflict", `git reports ${expected.join(", ")}`);
      deepEqual(kindsOf(merged.messages), expected);
      // Each is named in words, with a file.
      equal(merged.conflicts.length, expected.length);
      for (const conflict of merged.conflicts) {
        ok(conflict.paths.length > 0 && conflict.paths.every((path) => path !== ""));
        ok(conflict.kind !== "other", conflict.message);
        ok(describeConflict(conflict).includes(": "));
      }
    });
  });

  it("and the process that stays tells the differences as git diff does", async () => {
    const how = ["-M", "--raw", "--abbrev=64", "--numstat", "-z"];
    const trees = MERGE_SITUATIONS.map((_, i) =>
      ["base", "theirs"].map((side) => temp.git("rev-parse", `s/${i}/${side}^{tree}`)),
    );
    for (const [i, pair] of trees.entries()) {
      const expected = execFileSync("git", ["diff", ...how, ...pair], { cwd: temp.dir });
      deepEqual(
        (await diffStanding(repo, how, pair))?.toString("latin1"),
        expected.toString("latin1"),
        MERGE_SITUATIONS[i]?.name,
      );
    }
  });

  it("and what is chosen of each result is that and nothing else, byte for byte", async () => {
    for (const i of MERGE_SITUATIONS.keys()) {
      // Each takes half a dozen git processes; the other half is walked at the larger sizes.
      if (TEST_SIZE === "normal" && i % 2 === 1) continue;
      const [base = "", commit = ""] = ["base", "theirs"].map((side) => temp.git("rev-parse", `s/${i}/${side}`));
      const files = parseDiff(await diffText(repo, base, commit));
      const take = async (choices: Parameters<typeof takesOf>[1]["files"]) => {
        const takes = takesOf(files, { base, commit, files: choices });
        ok(!("code" in takes), JSON.stringify(takes));
        return partialTree(repo, { base, commit }, takes);
      };
      const all = files.map((file) => ({ path: file.path, take: "all" as const }));
      equal(await take(all), await treeOf(repo, commit), MERGE_SITUATIONS[i]?.name);
      equal(await take([]), await treeOf(repo, base), MERGE_SITUATIONS[i]?.name);
      const numbers = files.map((file) => ({ path: file.path, take: partsOf(file).map((part) => part.number) }));
      if (numbers.every(({ take: each }) => each.length > 0)) equal(await take(numbers), await treeOf(repo, commit));
    }
  });
});
