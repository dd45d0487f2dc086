import { deepEqual, equal } from "node:assert/strict";
import { describeSetup, globToIgnoreLines, isDependencyFolder, outermost } from "../../../src/core/setup";

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
