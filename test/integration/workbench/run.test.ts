import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../../workbench/root";

const PASS = `it("holds", () => {});`;
const FAIL = `it("breaks", () => { throw new Error("it is broken"); });`;
const SKIP = `it("waits");`;
const CRASH = `it("dies", () => process.exit(0));`;
const HANG = `it("hangs", () => { for (;;); });`;
const THROW = `throw new Error("cannot even load");`;

describe("the test command", function () {
  this.timeout(60_000);
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "braid-run-"));
    for (const file of ["test/run.mjs", "test/run-files.mjs", "test/reporter.cjs"])
      cpSync(join(ROOT, file), join(root, file));
    write("package-lock.json", JSON.stringify({ packages: {} }));
    write("esbuild.mjs", "");
    write("dist/test/workbench/setup.main.mjs", "");
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const cases = [
    {
      title: "adds up the suites",
      suites: { unit: PASS, faults: PASS + SKIP },
      last: "2 passed, 0 failed, 1 skipped",
      exit: 0,
    },
    { title: "fails with a failing test", suites: { unit: PASS + FAIL }, last: "1 passed, 1 failed", exit: 1 },
    {
      title: "goes on after a failing suite",
      suites: { unit: FAIL, hostile: PASS },
      last: "1 passed, 1 failed",
      exit: 1,
    },
    {
      title: "counts a crash, exit code 0 or not",
      suites: { unit: PASS + CRASH },
      last: "1 passed, 1 failed",
      exit: 1,
    },
    { title: "counts a file that cannot be loaded", suites: { unit: THROW }, last: "0 passed, 1 failed", exit: 1 },
    { title: "counts a suite with a file and no test", suites: { unit: "" }, last: "0 passed, 1 failed", exit: 1 },
    {
      title: "kills a suite that hangs",
      suites: { unit: HANG },
      args: ["--minutes=0.03"],
      last: "0 passed, 1 failed",
      exit: 1,
    },
    { title: "fails without any test", suites: {}, last: "0 passed, 0 failed", exit: 1 },
    {
      title: "runs only what it is told to",
      suites: { unit: FAIL, hostile: PASS },
      args: ["--only", "hostile"],
      last: "1 passed, 0 failed",
      exit: 0,
    },
    {
      title: "refuses a suite it does not know",
      suites: {},
      args: ["--only", "nit"],
      error: /No suite "nit"/u,
      exit: 2,
    },
    {
      title: "refuses an option it does not know",
      suites: {},
      args: ["--fast"],
      error: /Unknown option --fast/u,
      exit: 2,
    },
  ];
  for (const { title, suites, args = [], last, error = /^/u, exit } of cases)
    it(title, () => {
      for (const [suite, body] of Object.entries(suites)) writeSuite(suite, body);
      const ended = command(args);
      assert.equal(ended.status, exit, ended.stdout + ended.stderr);
      assert.equal(ended.stdout.trimEnd().split("\n").at(-1), last ?? "");
      assert.match(ended.stderr, error);
    });

  it("runs the files of a suite apart: one that crashes or hangs takes none along, and is named", () => {
    for (const [name, body] of Object.entries({ a: PASS, b: CRASH, c: FAIL, d: PASS + SKIP, e: HANG }))
      writeSuite("faults", body, name);
    const ended = command(["--minutes=0.2"]);
    assert.equal(ended.stdout.trimEnd().split("\n").at(-1), "2 passed, 3 failed, 1 skipped", ended.stdout);
    assert.match(ended.stdout, /b\.test\.mjs crashed/u);
    assert.match(ended.stdout, /e\.test\.mjs ran out of time/u);
    assert.match(ended.stdout, /it is broken/u);
    assert.equal(ended.status, 1);
  });

  it("says again in the end what failed, and runs once more what failed with a VS Code", () => {
    const once = `it("is unsteady", () => {
      const fs = require("node:fs");
      if (!fs.existsSync("tried")) { fs.writeFileSync("tried", ""); throw new Error("not yet"); }
    });`.replaceAll("require", "process.getBuiltinModule");
    writeSuite("e2e", once);
    writeSuite("e2e", FAIL, "b");
    writeSuite("faults", once.replaceAll("tried", "again"));
    const ended = command([]);
    assert.equal(ended.stdout.trimEnd().split("\n").at(-1), "1 passed, 2 failed", ended.stdout);
    const end = ended.stdout.slice(ended.stdout.indexOf("✗"));
    assert.match(end, /✗ e2e\/a\.test\.mjs: failed, and passed when it was run again\n +1 failing[^✗]*not yet/u);
    assert.match(end, /✗ e2e\/b\.test\.mjs[^✗]*it is broken/u);
    assert.match(end, /✗ faults\/a\.test\.mjs[^✗]*not yet/u);
    assert.equal(ended.status, 1);
  });

  it("ends a file that leaves something open behind its last test, and counts that as a failure", () => {
    writeSuite("faults", `it("leaves a timer", () => { setInterval(() => {}, 1_000); });`);
    const ended = command([], { BRAID_TEST_GRACE_MS: "200" });
    assert.equal(ended.stdout.trimEnd().split("\n").at(-1), "1 passed, 1 failed", ended.stdout);
    assert.match(ended.stdout.slice(ended.stdout.indexOf("✗")), /It has open: .*Timeout/u);
  });

  it("says that set-up failed and fails every suite", () => {
    write("esbuild.mjs", "process.exit(7)");
    writeSuite("unit", PASS);
    const ended = command(["--only", "unit"]);
    assert.match(ended.stderr, /Set-up failed: .*esbuild\.mjs --tests ended with 7/u);
    assert.equal(ended.stdout.trimEnd().split("\n").at(-1), "0 passed, 1 failed");
    assert.equal(ended.status, 1);
  });

  it("asks for the full size with --long", () => {
    writeSuite(
      "unit",
      `it("is large", () => { if (process.env.BRAID_TEST_SIZE !== "full") throw new Error("small"); });`,
    );
    assert.equal(command(["--long"]).status, 0);
    assert.equal(command([]).status, 1);
  });

  function writeSuite(suite: string, body: string, name = "a"): void {
    write(`test/${suite}/${name}.test.ts`, body);
    write(`dist/test/${suite}/${name}.test.mjs`, body);
  }

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  function command(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("BRAID_")));
    return spawnSync(process.execPath, ["test/run.mjs", ...args], {
      cwd: root,
      env: { ...env, ...more },
      encoding: "utf8",
    });
  }
});
