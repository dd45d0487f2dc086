import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  describeSetup,
  describeSetupTrouble,
  globToIgnoreLines,
  isDependencyFolder,
  outermost,
  setupTrouble,
  type Setup,
} from "../../../src/core/setup";

describe("folders of dependencies", () => {
  for (const path of ["node_modules", "packages/a/node_modules", ".venv", "api/vendor", "ios/Pods"])
    it(`${path} is one`, () => equal(isDependencyFolder(path), true));
  for (const path of ["", "src", "node_modules/a", "my-vendor", "vendor.js"])
    it(`${JSON.stringify(path)} is none`, () => equal(isDependencyFolder(path), false));

  it("takes the outermost", () =>
    deepEqual(outermost(["b/vendor", "a/node_modules/x/node_modules", "a/node_modules", "a/node_modules2"]), [
      "a/node_modules",
      "a/node_modules2",
      "b/vendor",
    ]));
});

describe("globs of git.worktreeIncludeFiles", () => {
  const check = (glob: string, ...lines: readonly string[]) =>
    it(JSON.stringify(glob), () => deepEqual(globToIgnoreLines(glob), lines));
  check(".env", "/.env");
  check("./config/local.json", "/config/local.json");
  check("**/.env", "**/.env");
  check("**/.env.{local,test}", "**/.env.local", "**/.env.test");
  check("{a,b}/{c,d}", "/a/c", "/a/d", "/b/c", "/b/d");
  check("**/node_modules/**", "**/node_modules/");
  check("certs/**", "/certs/");
  check("");
  check("../secrets");
  check("a/../../b");
  check("a\nb");
  check("{a,b}".repeat(20));
});

describe("what went wrong in a set-up", () => {
  const failed = (output: string): Setup => ({
    steps: [
      { kind: "folder", name: "node_modules", outcome: "done", durationMs: 1 },
      { kind: "command", name: "npm ci", outcome: "failed", reason: "exit code 1", output, durationMs: 1 },
      { kind: "command", name: "make", outcome: "skipped", reason: "the one before failed", durationMs: 0 },
    ],
    durationMs: 2,
  });
  it("is a sentence for people", () => {
    equal(setupTrouble(failed("")), "The set-up of its worktree failed: npm ci (exit code 1).");
    equal(setupTrouble({ steps: failed("").steps.slice(0, 1), durationMs: 1 }), undefined);
    equal(setupTrouble(null), undefined);
  });
  it("is told to the worker with the end of the output, cut", () => {
    const told = describeSetupTrouble(failed(`${"x".repeat(5_000)}\nERR no network\n`));
    match(told, /^The set-up of your worktree did not go through\./u);
    match(told, /\n- failed: npm ci \(exit code 1\)\. The end of its output:\n…x+\nERR no network\n- skipped: make/u);
    ok(told.length < 2_500);
    equal(describeSetupTrouble({ steps: failed("").steps.slice(0, 1), durationMs: 1 }), "");
  });
});

describe("a set-up in a line", () => {
  it("says what was done, and why not", () =>
    equal(
      describeSetup({
        steps: [
          { kind: "folder", name: "node_modules", outcome: "done", durationMs: 900 },
          { kind: "files", name: ".env", outcome: "skipped", reason: "is there already", durationMs: 0 },
        ],
        durationMs: 1234,
      }),
      "set up in 1.2 s: node_modules; skipped: .env (is there already)",
    ));
});
