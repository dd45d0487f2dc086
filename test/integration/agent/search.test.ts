import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { openWorkspace } from "../../../src/agent/jail";
import { findRipgrep } from "../../../src/agent/ripgrep";
import { globTool } from "../../../src/agent/tools/glob";
import { grepTool } from "../../../src/agent/tools/grep";
import type { Workspace } from "../../../src/agent/workspace";
import { tempFolder } from "../../support/temp-repo";

const FILES: Readonly<Record<string, string | Buffer>> = {
  ".gitignore": "dist/\n*.log\n!keep.log\n/top-only\n",
  ".env.example": "TOKEN=needle\n",
  ".github/ci.yml": "run: needle\n",
  "README.md": "# Needle\n\nA needle here.\n",
  "src/a.ts": "const needle = 1;\r\nconst b = 2;\r\n",
  "src/a.test.ts": "needle needle\n",
  "src/deep/b.tsx": "no\nneedle at the end",
  "src/deep/.gitignore": "secret.ts\n!/shown.log\n",
  "src/deep/secret.ts": "needle\n",
  "src/deep/shown.log": "needle\n",
  "src/deep/top-only": "needle\n",
  "top-only": "needle\n",
  "debug.log": "needle\n",
  "keep.log": "needle\n",
  "dist/out.js": "needle\n",
  "binary.bin": Buffer.from("needle\0needle"),
  // Bytes that are no text to git are none here, however they are marked.
  "wide.txt": Buffer.from("\uFEFFneedle\n", "utf16le"),
  ".git/config": "needle\n",
  "sub/.git/config": "needle\n",
  "sub/plain.txt": "x\n",
  "with space/ü.txt": "needle ü\n",
};
const SEEN = [
  [".env.example", ".github/ci.yml", ".gitignore", "README.md", "binary.bin", "keep.log", "src/a.test.ts", "src/a.ts"],
  ["src/deep/.gitignore", "src/deep/b.tsx", "src/deep/shown.log", "src/deep/top-only", "sub/plain.txt"],
  ["wide.txt", "with space/ü.txt"],
].flat();

const folder = tempFolder("braid-search-");
const root = join(folder.dir, "wt");
before(() => {
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  mkdirSync(join(folder.dir, "outside"));
  writeFileSync(join(folder.dir, "outside", "secret"), "needle\n");
  symlinkSync(join(folder.dir, "outside"), join(root, "link-out"));
  symlinkSync(join(folder.dir, "outside", "secret"), join(root, "link-file"));
  symlinkSync("dist/out.js", join(root, "link-in"));
  symlinkSync(".", join(root, "loop"));
  execFileSync("mkfifo", [join(root, "pipe")]);
});
after(() => folder.dispose());

for (const engine of ["ripgrep", "the plain walk"] as const)
  describe(`search by ${engine}`, () => {
    const signal = new AbortController().signal;
    let workspace: Workspace;
    before(async () => {
      const ripgrep = engine === "ripgrep" ? await findRipgrep(root) : null;
      if (engine === "ripgrep") assert.notEqual(ripgrep, null, "this machine has no ripgrep");
      workspace = await openWorkspace({ root, writable: false, ripgrep });
    });

    afterEach(() => {
      for (const bait of ["bait", "bait.txt"]) rmSync(join(root, bait), { recursive: true, force: true });
    });

    for (const [pattern, path, expected] of [
      ["**/*", undefined, SEEN],
      ["**", undefined, SEEN],
      ["*.ts", undefined, ["src/a.test.ts", "src/a.ts"]],
      ["*.{ts,tsx}", undefined, ["src/a.test.ts", "src/a.ts", "src/deep/b.tsx"]],
      ["src/*.ts", undefined, ["src/a.test.ts", "src/a.ts"]],
      ["./src/*.ts", undefined, ["src/a.test.ts", "src/a.ts"]],
      ["ROOT/src/*.ts", undefined, ["src/a.test.ts", "src/a.ts"]],
      ["src/**/*.tsx", undefined, ["src/deep/b.tsx"]],
      ["**/*.log", undefined, ["keep.log", "src/deep/shown.log"]],
      ["*.log", undefined, ["keep.log", "src/deep/shown.log"]],
      ["*.ts", "src", ["src/a.test.ts", "src/a.ts"]],
      ["deep/*", "src", ["src/deep/.gitignore", "src/deep/b.tsx", "src/deep/shown.log", "src/deep/top-only"]],
      ["**/*.ts", "ROOT/src/deep", []],
      ["*", "src/a.ts", ["src/a.ts"]],
      ["!(b).ts", "src", ["src/a.test.ts", "src/a.ts"]],
      ["[ab].ts*", undefined, ["src/a.ts", "src/deep/b.tsx"]],
      ["dist/**", undefined, []],
      [".git/**", undefined, []],
      ["link-out/**", undefined, []],
      ["ü.txt", undefined, ["with space/ü.txt"]],
      ["with space/*", undefined, ["with space/ü.txt"]],
      ["A.TS", undefined, []],
    ] as const)
      it(`globs ${pattern} in ${path ?? "."}`, async () => {
        const fill = (text: string) => text.replace("ROOT", root);
        const options = { limit: 100, signal, ...(path === undefined ? {} : { path: fill(path) }) };
        const found = await workspace.glob(fill(pattern), options);
        assert.deepEqual(found, { ok: true, value: { paths: expected, truncated: false } });
      });

    for (const [pattern, more, expected] of [
      ["needle =", {}, ["src/a.ts:1:const needle = 1;"]],
      ["^needle$", {}, ["keep.log:1:needle", "src/deep/shown.log:1:needle", "src/deep/top-only:1:needle"]],
      ["needle", { path: "src/deep/b.tsx" }, ["src/deep/b.tsx:2:needle at the end"]],
      ["needle", { glob: "*.md" }, ["README.md:3:A needle here."]],
      ["needle", { glob: "*.md", ignoreCase: true }, ["README.md:1:# Needle", "README.md:3:A needle here."]],
      ["needle", { glob: "src/*.ts" }, ["src/a.test.ts:1:needle needle", "src/a.ts:1:const needle = 1;"]],
      ["needle", { path: "src", glob: "*.ts" }, ["src/a.test.ts:1:needle needle", "src/a.ts:1:const needle = 1;"]],
      ["needle", { path: ".github" }, [".github/ci.yml:1:run: needle"]],
      ["needle", { path: "sub" }, []],
      ["(const|let) [a-c] = \\d;$", {}, ["src/a.ts:2:const b = 2;"]],
      ["needle ü", {}, ["with space/ü.txt:1:needle ü"]],
      ["\\bTOKEN\\b", {}, [".env.example:1:TOKEN=needle"]],
      ["-n", { path: "src" }, []],
      ["--files", {}, []],
      ["nothing at all like it", {}, []],
    ] as const)
      it(`greps ${pattern} with ${JSON.stringify(more)}`, async () => {
        const found = await workspace.grep(pattern, { limit: 100, signal, ...more });
        assert.deepEqual(found, { ok: true, value: { lines: expected, truncated: false } });
      });

    it("stops at its limit and says so", async () => {
      const globbed = await workspace.glob("**", { limit: 3, signal });
      assert.deepEqual(globbed, { ok: true, value: { paths: SEEN.slice(0, 3), truncated: true } });
      const grepped = await workspace.grep("needle", { limit: 2, signal });
      assert.ok(grepped.ok && grepped.value.truncated && grepped.value.lines.length === 2);
      const exact = await workspace.glob("*.ts", { limit: 2, signal });
      assert.equal(exact.ok && exact.value.truncated, false);
    });

    for (const [pattern, reason] of [
      ["../**", "outside"],
      ["../outside/*", "outside"],
      ["src/../../**", "outside"],
      ["{..,.}/**", "outside"],
      ["{src,..}/*", "outside"],
      ["@(..|src)/*", "outside"],
      ["/etc/**", "outside"],
      ["//etc/*", "outside"],
      ["~/**", "outside"],
      ["C:/**", "outside"],
      ["\\\\srv\\*", "outside"],
      ["", "pattern"],
      ["a\0b", "pattern"],
      ["{a,b}".repeat(2000), "pattern"],
      ["*".repeat(5000), "pattern"],
    ] as const)
      it(`refuses the glob ${JSON.stringify(pattern.slice(0, 20))}`, async () => {
        const found = await workspace.glob(pattern, { limit: 10, signal });
        assert.equal(!found.ok && found.refusal.reason, reason);
      });

    for (const pattern of ["(", "[", "a{2,1}", "*", "\\", "(?<x", "a\nb", "a\0b", "x".repeat(1001)])
      it(`refuses the expression ${JSON.stringify(pattern.slice(0, 20))}`, async () => {
        const found = await workspace.grep(pattern, { limit: 10, signal });
        assert.equal(!found.ok && found.refusal.reason, "pattern", JSON.stringify(found));
        assert.ok(!found.ok && !found.refusal.message.includes(folder.dir));
      });

    it("cuts long lines", async () => {
      writeFileSync(join(root, "bait.txt"), `target${"x".repeat(100_000)}\n`);
      const found = await workspace.grep("target", { path: "bait.txt", limit: 10, signal });
      assert.ok(
        found.ok &&
          (found.value.lines[0] ?? "").startsWith("bait.txt:1:target") &&
          (found.value.lines[0] ?? "").length < 500,
      );
    });

    it("gives way to an abort", async () => {
      const aborted = AbortSignal.abort(new Error("enough"));
      await assert.rejects(workspace.glob("**", { limit: 10, signal: aborted }), /^Error: enough$/u);
      await assert.rejects(workspace.grep("x", { limit: 10, signal: aborted }), /^Error: enough$/u);
    });

    it("hides what the caller protects", async () => {
      const strict = await openWorkspace({
        root,
        writable: false,
        protect: (path) => path.startsWith("src/deep"),
        ...(engine === "ripgrep" ? {} : { ripgrep: null }),
      });
      const found = await strict.glob("src/**", { limit: 10, signal });
      assert.deepEqual(found.ok && found.value.paths, ["src/a.test.ts", "src/a.ts"]);
      const lines = await strict.grep("end", { path: "src", limit: 10, signal });
      assert.deepEqual(lines.ok && lines.value.lines, []);
    });

    it("answers the model in words", async () => {
      const shell = { run: () => Promise.reject(new Error("no shell")) };
      const context = { workspace, shell, signal };
      assert.deepEqual(await globTool.call({ pattern: "*.ts" }, context), { content: "src/a.test.ts\nsrc/a.ts" });
      assert.deepEqual(await globTool.call({ pattern: "*.zig" }, context), { content: "No files." });
      assert.deepEqual(await grepTool.call({ pattern: "nowhere to be found" }, context), { content: "No matches." });
      const hit = await grepTool.call(
        { pattern: "NEEDLE =", case_insensitive: true, path: "src", glob: "*.ts" },
        context,
      );
      assert.deepEqual(hit, { content: "src/a.ts:1:const needle = 1;" });
      assert.equal((await grepTool.call({ pattern: "(" }, context)).isError, true);
      assert.equal((await globTool.call({ pattern: "../*" }, context)).isError, true);
      assert.equal(
        (await globTool.call({ pattern: "*", path: "nowhere" }, context)).content,
        '"nowhere" does not exist.',
      );
    });
  });

describe("ripgrep", () => {
  it("that was ended from outside is not taken for one that has seen all", async () => {
    const script = join(folder.dir, "rg");
    const [file, line] = ["printf './src/a.ts\\0'", "printf './src/a.ts\\0001:needle\\n'"];
    writeFileSync(script, `#!/bin/sh\ncase "$*" in *--files*) ${file};; *) ${line};; esac\nkill -9 $$\n`);
    chmodSync(script, 0o755);
    const cut = await openWorkspace({ root, writable: false, ripgrep: script });
    const query = { limit: 10, signal: new AbortController().signal };
    assert.deepEqual(await cut.glob("**", query), { ok: true, value: { paths: ["src/a.ts"], truncated: true } });
    const lines = ["src/a.ts:1:needle"];
    assert.deepEqual(await cut.grep("needle", query), { ok: true, value: { lines, truncated: true } });
  });

  it("that could not read a file is not taken for one that did not understand the pattern", async () => {
    const [dir, script] = [join(folder.dir, "shut"), join(folder.dir, "rg-of-nobody")];
    mkdirSync(dir);
    writeFileSync(join(dir, "shut.txt"), "x\n", { mode: 0 });
    // Root reads anything.
    const nobody = process.getuid?.() === 0 ? "/usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups" : "";
    writeFileSync(script, `#!/bin/sh\nexec ${nobody} ${(await findRipgrep(root)) ?? "rg"} "$@"\n`);
    for (const path of [folder.dir, script]) chmodSync(path, 0o755);
    const shut = await openWorkspace({ root: dir, writable: false, ripgrep: script });
    const query = { limit: 10, signal: new AbortController().signal };
    assert.deepEqual(await shut.grep("x", query), { ok: true, value: { lines: [], truncated: false } });
    assert.match(JSON.stringify(await shut.grep("(", query)), /not understood\. regex parse error/u);
  });

  it("is not taken from the worktree", async () => {
    const path = process.env["PATH"];
    mkdirSync(join(root, "bin"));
    writeFileSync(join(root, "bin", "rg"), "#!/bin/sh\ntouch evil\n");
    chmodSync(join(root, "bin", "rg"), 0o755);
    process.env["PATH"] = `${join(root, "bin")}:.:`;
    assert.equal(await findRipgrep(root), null);
    process.env["PATH"] = path;
  });
});
