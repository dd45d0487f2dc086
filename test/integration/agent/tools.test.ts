import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openWorkspace } from "../../../src/agent/jail";
import { plainSeam } from "../../../src/agent/worktree-seam";
import type { Shell } from "../../../src/agent/shell";
import type { Tool } from "../../../src/agent/tool";
import { bashTool } from "../../../src/agent/tools/bash";
import { editTool } from "../../../src/agent/tools/edit";
import { globTool } from "../../../src/agent/tools/glob";
import { grepTool } from "../../../src/agent/tools/grep";
import { MAX_CHARS, MAX_LINES, readTool } from "../../../src/agent/tools/read";
import { writeTool } from "../../../src/agent/tools/write";
import { BraidError, failure } from "../../../src/core/failure";
import { tempFolder } from "../../support/temp-repo";

const TOOLS = [readTool, writeTool, editTool, globTool, grepTool, bashTool];
const signal = new AbortController().signal;
const noShell: Shell = { run: () => Promise.reject(new Error("no shell")) };

const folders: ReturnType<typeof tempFolder>[] = [];
after(() => folders.forEach((folder) => folder.dispose()));

/** A worktree with `files`, and a way to call a tool in it. */
async function worktree(files: Readonly<Record<string, string | Buffer>> = {}, shell: Shell = noShell) {
  const folder = tempFolder();
  folders.push(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder.dir, path)), { recursive: true });
    writeFileSync(join(folder.dir, path), content);
  }
  const workspace = await openWorkspace({ root: folder.dir, writable: true });
  return {
    at: (path: string) => join(folder.dir, path),
    call: (tool: Tool, input: unknown) => tool.call(input, { workspace, shell, signal }),
  };
}

describe("the tools, together", () => {
  it("have the toolset's names and stay small", () => {
    assert.deepEqual(
      TOOLS.map((tool) => tool.spec.name),
      ["read", "write", "edit", "glob", "grep", "bash"],
    );
    assert.deepEqual(
      TOOLS.map((tool) => tool.readOnly),
      [true, false, false, true, true, false],
    );
    assert.ok(JSON.stringify(TOOLS.map((tool) => tool.spec)).length < 4000);
  });

  for (const [tool, input] of [
    [readTool, {}],
    [readTool, { file_path: 1 }],
    [readTool, { file_path: "a", view_range: [0, 1] }],
    [readTool, { file_path: "a", view_range: [1] }],
    [writeTool, { file_path: "a" }],
    [writeTool, { content: "x" }],
    [editTool, { file_path: "a", old_string: "x" }],
    [globTool, {}],
    [grepTool, { pattern: ["x"] }],
    [bashTool, {}],
    [bashTool, { command: "" }],
    [bashTool, { command: "true", timeout_ms: 600_001 }],
    [bashTool, null],
  ] as const)
    it(`${tool.spec.name} refuses ${JSON.stringify(input)} in words`, async () => {
      const { call, at } = await worktree({ a: "kept" });
      const answer = await call(tool, input);
      assert.equal(answer.isError, true);
      assert.match(answer.content, /^Invalid input for /u);
      assert.equal(readFileSync(at("a"), "utf8"), "kept");
    });

  it("wait for the files, and pass on why there are none", async () => {
    const reason = new BraidError(failure("worktree.failed", "No worktree."));
    const ready = Promise.reject(reason);
    ready.catch(() => undefined);
    const folder = tempFolder();
    folders.push(folder);
    const workspace = await openWorkspace({ root: join(folder.dir, "later"), writable: true, seam: plainSeam(ready) });
    for (const tool of [readTool, writeTool, editTool, globTool, grepTool, bashTool]) {
      const input = { file_path: "a", content: "", old_string: "a", new_string: "b", pattern: "a", command: "true" };
      await assert.rejects(tool.call(input, { workspace, shell: noShell, signal }), reason);
    }
  });

  it("find what came after they were opened", async () => {
    const folder = tempFolder();
    folders.push(folder);
    let arrive = (): void => undefined;
    const ready = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const workspace = await openWorkspace({ root: join(folder.dir, "later"), writable: true, seam: plainSeam(ready) });
    const reading = readTool.call({ file_path: "a" }, { workspace, shell: noShell, signal });
    mkdirSync(join(folder.dir, "later"));
    writeFileSync(join(folder.dir, "later", "a"), "here\n");
    arrive();
    assert.deepEqual(await reading, { content: "1\there" });
  });
});

describe("read", () => {
  const check = (
    what: string,
    content: string | Buffer,
    range: readonly [number, number] | undefined,
    expected: string,
    isError = false,
  ) =>
    it(what, async () => {
      const { call } = await worktree({ f: content });
      const answer = await call(readTool, { file_path: "f", ...(range === undefined ? {} : { view_range: range }) });
      assert.deepEqual(answer, { content: expected, ...(isError ? { isError } : {}) });
    });
  check("numbers lines", "a\nb\n", undefined, "1\ta\n2\tb");
  check("minds no last line end", "a\nb", undefined, "1\ta\n2\tb");
  check("keeps blank lines", "\n\na\n\n", undefined, "1\t\n2\t\n3\ta\n4\t");
  check("says that a file is empty", "", undefined, "(The file is empty.)");
  check("shows a range", "a\nb\nc\nd\n", [2, 3], "2\tb\n3\tc");
  check("shows one line", "a\nb\nc\n", [3, 3], "3\tc");
  check("shows to the end", "a\nb\nc\n", [2, -1], "2\tb\n3\tc");
  check("minds no end past the end", "a\nb\n", [2, 99], "2\tb");
  check("refuses a start past the end", "a\n", [5, -1], "The file has 1 lines; view_range starts at 5.", true);
  check("refuses a range that ends before it starts", "a\nb\n", [2, 1], "view_range ends before it starts.", true);
  check("tells CRLF", "a\r\nb\r\n", undefined, "1\ta\n2\tb\n(Lines end in CRLF.)");
  check(
    "tells what is not UTF-8",
    Buffer.from([0x61, 0xff, 0x0a]),
    undefined,
    "1\ta\uFFFD\n(Not valid UTF-8: some bytes are shown as \uFFFD.)",
  );
  check("refuses a binary file", Buffer.from("a\0b"), undefined, '"f" is a binary file.', true);
  check("refuses UTF-16", Buffer.from("\uFEFFab", "utf16le"), undefined, '"f" is a binary file.', true);
  check("cuts a long line", `${"x".repeat(3000)}\nb`, undefined, `1\t${"x".repeat(2000)}… (3000 characters)\n2\tb`);

  it("cuts a long file and tells how to go on", async () => {
    const { call } = await worktree({ f: "x\n".repeat(5000) });
    const first = await call(readTool, { file_path: "f" });
    assert.equal(first.content.split("\n").length, MAX_LINES + 1);
    assert.match(first.content, /\(Cut after line 2000 of 5000; go on with view_range \[2001, -1\]\.\)$/u);
    const next = await call(readTool, { file_path: "f", view_range: [2001, -1] });
    assert.match(next.content, /^2001\tx\n/u);
    const last = await call(readTool, { file_path: "f", view_range: [4001, -1] });
    assert.match(last.content, /\n5000\tx$/u);
  });

  it("cuts many characters", async () => {
    const { call } = await worktree({ f: `${"y".repeat(1000)}\n`.repeat(500) });
    const { content } = await call(readTool, { file_path: "f" });
    assert.ok(content.length <= MAX_CHARS + 200);
    assert.match(content, /\(Cut after line 99 of 500; /u);
  });

  it("refuses more than 2 MB, but not 2 MB", async () => {
    const { call, at } = await worktree({ f: "x\n" });
    writeFileSync(at("just"), "x".repeat(2 * 1024 * 1024));
    assert.notEqual((await call(readTool, { file_path: "just" })).isError, true);
    truncateSync(at("f"), 2 * 1024 * 1024 + 1);
    assert.match((await call(readTool, { file_path: "f" })).content, /over 2 MB/u);
    truncateSync(at("f"), 20 * 2 ** 30);
    assert.match((await call(readTool, { file_path: "f" })).content, /over 2 MB/u);
  });

  for (const [path, message] of [
    ["nothing", '"nothing" does not exist.'],
    ["no/such/file", '"no/such/file" does not exist.'],
    ["folder", '"folder" is a folder; use glob to list it.'],
    [".", '"." is a folder; use glob to list it.'],
    ["folder/a/b", '"folder/a/b" leads through something not a folder.'],
  ] as const)
    it(`refuses ${path}`, async () => {
      const { call } = await worktree({ "folder/a": "" });
      assert.deepEqual(await call(readTool, { file_path: path }), { content: message, isError: true });
    });
});

describe("write", () => {
  it("creates files and their folders", async () => {
    const { call, at } = await worktree();
    const answer = await call(writeTool, { file_path: "a/b/c.ts", content: "é\n" });
    assert.deepEqual(answer, { content: "Created a/b/c.ts (3 bytes)." });
    assert.equal(readFileSync(at("a/b/c.ts"), "utf8"), "é\n");
    assert.deepEqual(readdirSync(at("a/b")), ["c.ts"]);
  });

  it("replaces a file and keeps its mode", async () => {
    const { call, at } = await worktree({ run: "#!/bin/sh\n" });
    chmodSync(at("run"), 0o755);
    assert.deepEqual(await call(writeTool, { file_path: "run", content: "" }), { content: "Replaced run (0 bytes)." });
    assert.equal(statSync(at("run")).mode & 0o777, 0o755);
    assert.equal(statSync(at("run")).size, 0);
    assert.deepEqual(readdirSync(at(".")), ["run"]);
  });

  it("replaces a file that may not be written, as its folder may", async () => {
    const { call, at } = await worktree({ f: "a" });
    chmodSync(at("f"), 0o444);
    await call(writeTool, { file_path: "f", content: "b" });
    assert.equal(readFileSync(at("f"), "utf8"), "b");
    assert.equal(statSync(at("f")).mode & 0o777, 0o444);
  });

  for (const path of [".", "folder", "folder/"])
    it(`refuses a folder: ${path}`, async () => {
      const { call, at } = await worktree({ "folder/a": "" });
      const answer = await call(writeTool, { file_path: path, content: "x" });
      assert.equal(answer.content, `"${path}" is a folder.`);
      assert.deepEqual(readdirSync(at("folder")), ["a"]);
    });

  it("lets several writes of one file end in one of them", async () => {
    const { call, at } = await worktree();
    const texts = Array.from({ length: 20 }, (_, i) => `${i}\n`.repeat(1000));
    await Promise.all(texts.map((content) => call(writeTool, { file_path: "f", content })));
    assert.ok(texts.includes(readFileSync(at("f"), "utf8")));
    assert.deepEqual(readdirSync(at(".")), ["f"]);
  });
});

describe("edit", () => {
  it("changes a file and keeps its mode and its other bytes", async () => {
    const { call, at } = await worktree({ f: Buffer.from([0xff, 0x0d, 0x0a, 0x61, 0x0d, 0x0a]) });
    chmodSync(at("f"), 0o755);
    const answer = await call(editTool, { file_path: "f", old_string: "a\n", new_string: "b\nc\n" });
    assert.deepEqual(answer, { content: "Edited f: 1 replacement." });
    assert.deepEqual(readFileSync(at("f")), Buffer.from([0xff, 0x0d, 0x0a, 0x62, 0x0d, 0x0a, 0x63, 0x0d, 0x0a]));
    assert.equal(statSync(at("f")).mode & 0o777, 0o755);
  });

  for (const [input, message] of [
    [{ file_path: "f", old_string: "x", new_string: "y" }, /not found/u],
    [{ file_path: "f", old_string: "a", new_string: "y" }, /matches 2 times/u],
    [{ file_path: "nothing", old_string: "a", new_string: "y" }, /does not exist/u],
    [{ file_path: "binary", old_string: "a", new_string: "y" }, /is a binary file/u],
    [{ file_path: ".git/config", old_string: "a", new_string: "y" }, /off limits/u],
  ] as const)
    it(`refuses ${JSON.stringify(input)}`, async () => {
      const { call, at } = await worktree({ f: "a a", binary: "\0a" });
      const answer = await call(editTool, input);
      assert.ok(answer.isError === true && message.test(answer.content), answer.content);
      assert.equal(readFileSync(at("f"), "utf8"), "a a");
    });

  it("counts what replace_all did", async () => {
    const { call } = await worktree({ f: "a a" });
    const answer = await call(editTool, { file_path: "f", old_string: "a", new_string: "b", replace_all: true });
    assert.equal(answer.content, "Edited f: 2 replacements.");
  });
});

describe("bash", () => {
  const exited = {
    kind: "exited",
    exitCode: 0,
    output: "",
    truncated: false,
    timedOut: false,
    durationMs: 1234,
  } as const;
  for (const [what, outcome, expected] of [
    ["output", { ...exited, output: "hello\n" }, { content: "hello\n" }],
    ["silence", exited, { content: "(No output.)" }],
    ["an exit code", { ...exited, exitCode: 2, output: "oh\n" }, { content: "oh\n\n(Exit code 2.)", isError: true }],
    ["a signal", { ...exited, exitCode: null }, { content: "\n(Killed by a signal.)", isError: true }],
    [
      "time out",
      { ...exited, exitCode: null, timedOut: true },
      { content: "\n(Killed: over its time limit after 1.2 s.)", isError: true },
    ],
    [
      "a refusal",
      { kind: "refused", failure: failure("sandbox.missing", "No sandbox.", { hint: "Get one." }) },
      { content: "No sandbox. Get one.", isError: true },
    ],
  ] as const)
    it(`passes on ${what}`, async () => {
      const asked: unknown[] = [];
      const shell: Shell = {
        run: async (command, { timeoutMs }) => {
          asked.push(command, timeoutMs);
          return outcome;
        },
      };
      const { call } = await worktree({}, shell);
      assert.deepEqual(await call(bashTool, { command: "ls" }), expected);
      assert.deepEqual(await call(bashTool, { command: "ls -a", timeout_ms: 5 }), expected);
      assert.deepEqual(asked, ["ls", 120_000, "ls -a", 5]);
    });
});
