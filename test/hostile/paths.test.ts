import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { openWorkspace } from "../../src/agent/jail";
import { shown } from "../../src/agent/jail-names";
import { editTool } from "../../src/agent/tools/edit";
import type { Confined, PathRefusal, Workspace } from "../../src/agent/workspace";
import { BAD_NAMES, GIT_PATHS, OUTSIDE_PATHS } from "../support/hostile-paths";
import { tempFolder } from "../support/temp-repo";

const signal = new AbortController().signal;
const folder = tempFolder("braid-paths-");
const root = join(folder.dir, "wt1");
const outside = join(folder.dir, "outside");
const fill = (path: string) => path.replaceAll("ROOT", root).replaceAll("TOP", folder.dir);

describe("a hostile path", () => {
  let workspace: Workspace;
  const untouched = () =>
    readdirSync(folder.dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => `${file} ${readFileSync(file, "latin1")}`)
      .toSorted();
  let initial: readonly string[];
  const pipes: { close(): void }[] = [];

  before(async () => {
    for (const path of ["wt1/src/sub", "wt1/.git/hooks", "wt1/sub/.git", "outside", "wt1-evil", "wt10"])
      mkdirSync(join(folder.dir, path), { recursive: true });
    for (const path of [
      "wt1/src/a.ts",
      "wt1/.git/config",
      "wt1/.git/HEAD",
      "wt1/sub/.git/config",
      "outside/file",
      "wt1-evil/file",
    ])
      writeFileSync(join(folder.dir, path), `SECRET of ${path}\n`);
    for (const [link, target] of [
      ["link-out", outside],
      ["link-file", join(outside, "file")],
      ["link-dangling", join(outside, "nothing")],
      ["link-up", ".."],
      ["src/link-up2", "../.."],
      ["link-proc", "/proc/self"],
      ["link-fd", "/dev/fd/0"],
      ["link-abs-root-up", `${root}/..`],
      ["link-chain", "link-out"],
      ["link-in", "src"],
      ["loop", "loop"],
      ["link-git", ".git"],
      ["link-gitfile", ".git/config"],
      ["link-good", "src/a.ts"],
      ["link-abs-good", join(root, "src")],
    ] as const)
      symlinkSync(target, join(root, link));
    workspace = await openWorkspace({ root, writable: true });
    initial = untouched();
  });
  after(() => {
    for (const pipe of pipes) pipe.close();
    folder.dispose();
  });

  const TOOLS: Readonly<Record<string, (path: string) => Promise<Confined<unknown>>>> = {
    read: (path) => workspace.read(path),
    write: (path) => workspace.write(path, Buffer.from("evil")),
    glob: (path) => workspace.glob("**/*", { path, limit: 100, signal }),
    grep: (path) => workspace.grep("SECRET", { path, limit: 100, signal }),
  };

  for (const [tool, call] of Object.entries(TOOLS)) {
    const check = async (given: string, reasons: readonly PathRefusal["reason"][]) => {
      const path = fill(given);
      const answer = await call(path);
      assert.ok(!answer.ok, `${tool} followed ${shown(path)}: ${JSON.stringify(answer)}`);
      assert.ok(reasons.includes(answer.refusal.reason), `${shown(path)}: ${answer.refusal.reason}`);
      const words = answer.refusal.message.replace(shown(path), "");
      assert.doesNotMatch(words, /\/(?:tmp|proc|var|root|home|etc)\b|braid-paths/u);
      assert.doesNotMatch(answer.refusal.message, /[\u0000-\u001f\u007f-\u009f\u200b-\u200f]/u);
    };
    const anywhere = ["outside", "link", "protected", "bad-name", "not-found"] as const;
    for (const path of OUTSIDE_PATHS) it(`${tool} ${shown(path)}`, () => check(path, anywhere));
    for (const path of BAD_NAMES) it(`${tool} ${shown(path)}`, () => check(path, ["bad-name", "outside"]));
    for (const path of GIT_PATHS) it(`${tool} ${shown(path)}`, () => check(path, ["protected", "bad-name"]));
  }

  for (const given of [...OUTSIDE_PATHS, ...BAD_NAMES, ...GIT_PATHS])
    it(`edit ${shown(given)}`, async () => {
      const input = { file_path: fill(given), old_string: "SECRET", new_string: "evil" };
      const shell = { run: () => Promise.reject(new Error("no shell")) };
      const answer = await editTool.call(input, { workspace, shell, signal });
      assert.equal(answer.isError, true);
      assert.doesNotMatch(answer.content.replace(shown(fill(given)), ""), /braid-paths/u);
    });

  it("has changed nothing, after all of these", () => {
    assert.deepEqual(untouched(), initial);
    assert.deepEqual(readdirSync(folder.dir).toSorted(), ["outside", "wt1", "wt1-evil", "wt10"]);
    assert.equal(existsSync(join(root, "new")), false);
  });

  for (const [path, expected] of [
    ["src/a.ts", "src/a.ts"],
    ["./src//a.ts", "src/a.ts"],
    ["src/sub/../a.ts", "src/a.ts"],
    ["ROOT/src/a.ts", "src/a.ts"],
    ["link-good", "src/a.ts"],
    ["link-in/a.ts", "src/a.ts"],
    ["link-abs-good/a.ts", "src/a.ts"],
    ["link-in/../src/a.ts", "src/a.ts"],
  ] as const)
    it(`may be harmless: read ${path}`, async () => {
      const answer = await workspace.read(fill(path));
      assert.equal(answer.ok && answer.value.toString(), `SECRET of wt1/${expected}\n`);
    });

  for (const path of ["link-good", "link-in/new", "link-abs-good/a.ts"])
    it(`is not written through a link: ${path}`, async () => {
      const answer = await workspace.write(path, Buffer.from("x"));
      assert.equal(!answer.ok && answer.refusal.reason, "link");
    });

  for (const path of [
    ".vscode/tasks.json",
    ".github/workflows/ci.yml",
    ".gitignore",
    ".gitattributes",
    "git",
    ".github",
    "a~1",
    "%2e%2e/x",
    "...x",
    "xx:y",
    "CONSOLE",
    "con.ts",
    "é/ü.txt",
    "a b/c d",
    "-rf",
    "$id.tsx",
    "[slug]/page.tsx",
    "node_modules/x",
  ])
    it(`may look odd and be right: ${path}`, async () => {
      const own = join(root, "odd");
      mkdirSync(own, { recursive: true });
      const there = await openWorkspace({ root: own, writable: true });
      const written = await there.write(path, Buffer.from("x"));
      // A folder of that name is there from an earlier row.
      if (path !== ".github") assert.ok(written.ok, JSON.stringify(written));
      else assert.equal(!written.ok && written.refusal.reason, "not-a-file");
      if (written.ok) assert.equal(readFileSync(join(own, path), "utf8"), "x");
    });

  describe("that is no file", () => {
    for (const [path, make] of [
      ["folder", (at: string) => mkdirSync(at)],
      ["pipe", (at: string) => void execFileSync("mkfifo", [at])],
      ["socket", (at: string) => void pipes.push(createServer().listen(at))],
      ["file/below", (at: string) => writeFileSync(join(at, ".."), "")],
    ] as const)
      it(path, async () => {
        make(join(root, path));
        for (const call of [TOOLS["read"], TOOLS["write"]]) {
          const answer = await call?.(path);
          assert.equal(answer !== undefined && !answer.ok && answer.refusal.reason, "not-a-file");
        }
      });
  });

  it("P10 that is a hard link to the outside loses its hold on it when written", async () => {
    linkSync(join(outside, "file"), join(root, "hard"));
    assert.ok((await workspace.write("hard", Buffer.from("new"))).ok);
    assert.equal(readFileSync(join(outside, "file"), "utf8"), "SECRET of outside/file\n");
    assert.equal(readFileSync(join(root, "hard"), "utf8"), "new");
  });

  it("is refused by one more rule of the caller's", async () => {
    const strict = await openWorkspace({ root, writable: true, protect: (path) => path.startsWith("src/sub") });
    for (const path of ["src/sub/x", "src/./sub/x", "link-in/sub/x"]) assert.equal((await strict.read(path)).ok, false);
    const answer = await strict.write("src/sub/x", Buffer.from(""));
    assert.equal(!answer.ok && answer.refusal.reason, "protected");
  });

  it("cannot be written by a role that only reads", async () => {
    const reader = await openWorkspace({ root, writable: false });
    const answer = await reader.write("src/a.ts", Buffer.from("x"));
    assert.equal(!answer.ok && answer.refusal.reason, "protected");
    assert.equal(readFileSync(join(root, "src", "a.ts"), "utf8"), "SECRET of wt1/src/a.ts\n");
  });

  it("may name the root by a link to it", async () => {
    symlinkSync(root, join(folder.dir, "alias"));
    const there = await openWorkspace({ root: join(folder.dir, "alias"), writable: true });
    assert.equal(there.root, realpathSync(root));
    assert.ok((await there.read(join(folder.dir, "alias", "src", "a.ts"))).ok);
    assert.ok((await there.read(join(root, "src", "a.ts"))).ok);
  });
});
