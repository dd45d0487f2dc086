import { deepEqual, equal, match, ok } from "node:assert/strict";
import { executableReason, isPackageManifest, scriptChange } from "../../../src/core/review/executable-config";

describe("configuration that something executes later", () => {
  const yes: readonly string[] = [
    ".vscode/settings.json",
    ".vscode/tasks.json",
    "packages/a/.vscode/launch.json",
    "my.code-workspace",
    ".devcontainer/devcontainer.json",
    ".mcp.json",
    ".cursor/mcp.json",
    ".claude/settings.json",
    ".github/workflows/ci.yml",
    ".github/actions/x/action.yml",
    ".husky/pre-commit",
    "lefthook.yml",
    ".pre-commit-config.yaml",
    ".npmrc",
    "sub/.yarnrc.yml",
    ".envrc",
    "Makefile",
    "tests/conftest.py",
    "setup.py",
    ".gitattributes",
    "a/b/.gitmodules",
    ".gitconfig",
    "AGENTS.md",
    "docs/CLAUDE.md",
    ".cursorrules",
    ".github/copilot-instructions.md",
    ".github/agents/reviewer.md",
    "a/.github/instructions/x.instructions.md",
    ".github/hooks/h.json",
    ".github/prompts/p.prompt.md",
    ".agents/skills/x/SKILL.md",
    ".clinerules/a.md",
    ".kiro/steering/x.md",
    "CLAUDE.local.md",
    ".worktreeinclude",
    ".worktreelink",
    ".lfsconfig",
    // Spellings some file system takes for the same.
    ".VSCODE/settings.json",
    ".GitHub/Workflows/ci.yml",
    ".husky /pre-commit",
    ".vs\u200ccode/tasks.json",
    ".NPMRC",
    ".npmrc.",
    ".npmrc::$DATA",
    "MAKEFILE",
    "．vscode/tasks.json",
    ".vscode\\tasks.json",
  ];
  for (const path of yes) it(JSON.stringify(path), () => ok(executableReason(path)));

  const no: readonly string[] = [
    "src/index.ts",
    "vscode/settings.json",
    "src/Makefile.md",
    ".github/CODEOWNERS",
    ".github/agents.txt",
    "github/agents/x.md",
    "npmrc",
    "README.md",
    "workflows/ci.yml",
    "src/constructor.ts",
    "__proto__",
    "",
  ];
  for (const path of no) it(`not ${JSON.stringify(path)}`, () => equal(executableReason(path), undefined));
});

describe("a package manifest", () => {
  it("is known by its name", () =>
    deepEqual(["package.json", "a/Package.JSON", "package-lock.json"].map(isPackageManifest), [true, true, false]));

  const check = (before: string | undefined, after: string, words: RegExp | undefined) => {
    const reason = scriptChange(before, after);
    if (words === undefined) equal(reason, undefined);
    else match(reason ?? "", words);
  };
  it("with another script runs something else", () =>
    check('{"scripts":{"test":"a"}}', '{"scripts":{"test":"b"}}', /its scripts say/u));
  it("with other dependencies does not", () =>
    check('{"scripts":{},"dependencies":{}}', '{"scripts":{},"dependencies":{"x":"1"}}', undefined));
  it("that is new runs its scripts", () => check(undefined, '{"scripts":{"postinstall":"x"}}', /scripts/u));
  it("that is new without any runs nothing", () => check(undefined, '{"name":"x"}', undefined));
  it("nobody can read counts", () => check('{"name":"x"}', "{", /cannot be read/u));
  it("that is a list counts", () => check("{}", "[]", /cannot be read/u));
  it("with a byte order mark is read", () => check("{}", '\ufeff{"name":"x"}', undefined));
});
