import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BraidError } from "../../src/core/failure";
import { openWorkPlace, type WorkPlace } from "../../src/run/attempt/work-place";
import { awkwardRepo, describeFolder } from "../support/awkward-repo";
import { portsFor } from "../support/run-ports";
import { tempFolder, type TempRepo } from "../support/temp-repo";

const { signal } = new AbortController();

describe("a worktree whose files come as they are asked for, in hostile hands (G10, G13)", function () {
  this.timeout(60_000);
  let repo: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  beforeEach(() => {
    repo = awkwardRepo();
    trees = tempFolder();
  });
  afterEach(() => {
    repo.dispose();
    trees.dispose();
  });

  const open = async (name: string, allFiles: boolean, commit = "HEAD"): Promise<WorkPlace> =>
    openWorkPlace(await portsFor(repo.dir, trees.dir, { allFiles }), {
      name,
      commit: repo.git("rev-parse", commit),
      writable: true,
      signal,
    });
  const both = () => Promise.all([open("few", false), open("all", true)]);
  const told = (input: string, ...args: readonly string[]) =>
    execFileSync("git", args, { cwd: repo.dir, encoding: "utf8", input }).trim();
  const entries = () =>
    repo
      .git("ls-tree", "-z", "HEAD")
      .split("\0")
      .filter((line) => line !== "");
  const onDisk = (place: WorkPlace) => describeFolder(place.dir).filter((line) => !line.startsWith(".git "));
  const write = async ({ workspace }: WorkPlace, path: string, text: string) => {
    const answer = await workspace.write(path, Buffer.from(text));
    return answer.ok ? "written" : answer.refusal.reason;
  };

  // None for files whose line ends are not what their rules ask for: of those git itself makes others where they were checked out in
  // the very second the rules changed.
  const rules: readonly (readonly [path: string, text: string])[] = [
    [".gitattributes", "src/** text eol=crlf\nlf.txt text eol=crlf\n"],
    [".gitattributes", "src/** -text\nlf.txt text eol=crlf\n"],
    [".gitattributes", "src/** filter=evil diff=evil merge=evil export-subst ident\nlf.txt text eol=crlf\n"],
    ["src/.gitattributes", "* text eol=crlf\n"],
    [".gitignore", "*\n!*/\n"],
    [".gitmodules", '[submodule "x"]\n\tpath = src\n\turl = ./x\n\tupdate = !touch owned\n'],
  ];
  for (const [path, text] of rules)
    it(`G13 ${path} with ${JSON.stringify(text)} changes no file that nobody wrote to`, async () => {
      const [few, all] = await both();
      await all.workspace.ready("all files");
      for (const place of [few, all]) {
        await place.workspace.read("src/b.txt");
        await write(place, path, text);
        await write(place, "src/a.txt", "mine\r\nand mine\n");
        await write(place, "src/new.txt", "new\r\n");
      }
      equal(await few.snapshot(), await all.snapshot());
      await few.workspace.ready("all files");
      deepEqual(onDisk(few), onDisk(all));
      const tree = await few.snapshot();
      equal(tree, await all.snapshot());
      const changed = repo.git("diff-tree", "-r", "--name-only", "HEAD", tree).split("\n");
      deepEqual(
        changed.filter((name) => ![path, "src/a.txt", "src/new.txt"].includes(name)),
        [],
      );
      await Promise.all([few.close(), all.close()]);
    });

  it("P15 P16 P17 names of git's own, in all spellings, and what is no name are refused as ever", async () => {
    const [few, all] = await both();
    const names = [
      ".git/config",
      ".GIT/hooks/x",
      ".Git",
      "git~1/x",
      ".git./x",
      ".git /x",
      ".git::$INDEX_ALLOCATION/x",
      ".g\u200cit/config",
      "src/.git/config",
      "src/.GIT/x",
      "a\nb",
      "a\u0001b",
      "a\u0000b",
      "../x",
      "/etc/x",
      "src.txt/inner",
      "src",
      "dangling/x",
      "link/x",
      "x".repeat(300),
    ];
    for (const name of names) {
      const [one, other] = [await write(few, name, "x"), await write(all, name, "x")];
      deepEqual([name, one], [name, other]);
      ok(one !== "written", name);
    }
    equal(await few.snapshot(), repo.git("rev-parse", "HEAD^{tree}"));
    // A twin in other letters is another file here, and stays one.
    for (const place of [few, all]) await write(place, "SRC/A.txt", "twin\n");
    equal(await few.snapshot(), await all.snapshot());
    await few.workspace.ready("all files");
    deepEqual(onDisk(few), onDisk(all));
    await Promise.all([few.close(), all.close()]);
  });

  const odd: readonly (readonly [what: string, mode: string, name: string])[] = [
    ["git's own folder", "100644", ".git"],
    ["git's own folder in other letters", "100644", ".GIT"],
    ["git's own folder by its short name", "100644", "git~1"],
    ["the folder above", "100644", ".."],
  ];
  for (const [what, mode, name] of odd)
    it(`G10 a commit that has ${what} in it gives nothing of it, and is never there as a whole`, async () => {
      const more = `${mode} blob ${repo.git("rev-parse", "HEAD:src/a.txt")}\t${name}`;
      const tree = told(`${[...entries(), more].join("\0")}\0`, "mktree", "-z");
      const commit = repo.git("commit-tree", "-m", "x", tree);
      const few = await open("few", false, commit);
      const read = await few.workspace.read("src/a.txt");
      ok(read.ok && read.value.toString() === "one a\n");
      equal((await few.workspace.read(name)).ok, false);
      await rejects(few.workspace.ready("all files"), BraidError);
      ok(!existsSync(join(trees.dir, "few/tree/tree")));
      await few.close();
    });

  it("G10 rules that are links are no rules, and lead nowhere", async () => {
    const secret = join(trees.dir, "rules");
    writeFileSync(secret, "*\n");
    const link = told(secret, "hash-object", "-w", "--stdin");
    const lines = entries().map((line) =>
      /\t\.git(?:ignore|attributes)$/u.test(line) ? line.replace(/^100644 blob \w+/u, `120000 blob ${link}`) : line,
    );
    const tree = told(`${lines.join("\0")}\0`, "mktree", "-z");
    const few = await open("few", false, repo.git("commit-tree", "-m", "x", tree));
    const found = await few.workspace.glob("**/*.txt", { limit: 100, signal });
    ok(found.ok && JSON.stringify(found.value).includes("src/a.txt"), JSON.stringify(found));
    equal(await write(few, "src/new.txt", "new\n"), "written");
    const snapshot = await few.snapshot();
    equal(repo.git("diff-tree", "-r", "--name-only", tree, snapshot), "src/new.txt");
    await write(few, ".gitignore", "x\n");
    equal(readFileSync(secret, "utf8"), "*\n");
    await few.close();
  });
});
