import { deepEqual, equal, throws } from "node:assert/strict";
import { alreadyInstalled, SETUP_SOURCES, type SetupRecipe } from "../../../src/core/setup-commands";

describe("set-up recipes of other tools", () => {
  const read = (path: string, text: string, platform: NodeJS.Platform = "linux") =>
    SETUP_SOURCES.find((source) => source.path === path)?.read(text, platform);
  const check = (path: string, value: unknown, recipe: SetupRecipe | undefined, platform: NodeJS.Platform = "linux") =>
    it(`${path} ${JSON.stringify(value)} on ${platform}`, () =>
      deepEqual(read(path, JSON.stringify(value), platform), recipe));
  const commands = (...list: readonly string[]): SetupRecipe => ({ kind: "commands", commands: list });
  const script = (...paths: readonly string[]): SetupRecipe => ({ kind: "script", paths });

  check(".cursor/worktrees.json", { "setup-worktree": ["npm ci", " ", "make gen"] }, commands("npm ci", "make gen"));
  const both = { "setup-worktree": ["any"], "setup-worktree-unix": ["unix"], "setup-worktree-windows": ["win"] };
  check(".cursor/worktrees.json", both, commands("unix"));
  check(".cursor/worktrees.json", both, commands("unix"), "darwin");
  check(".cursor/worktrees.json", both, commands("win"), "win32");
  check(".cursor/worktrees.json", { "setup-worktree": "./up.sh" }, script(".cursor/up.sh", "up.sh"));
  check(".agents/worktrees.json", { "setup-worktree": "up.sh" }, script(".agents/up.sh", "up.sh"));
  check(".cursor/worktrees.json", { "setup-worktree": "../../up.sh" }, undefined);
  check(".cursor/worktrees.json", { "setup-worktree": "/up.sh" }, undefined);
  check(".cursor/worktrees.json", { other: 1 }, undefined);
  check("conductor.json", { scripts: { setup: "npm ci && make", run: "npm start" } }, commands("npm ci && make"));
  check("conductor.json", {}, undefined);
  it("a script of an environment is one command, line by line", () => {
    const codex = (text: string) => read(".codex/environments/environment.toml", text);
    const script = "npm ci\nmake gen";
    deepEqual(
      codex(`version = 1\nname = "web"\n[setup]\nscript = '''\n${script}\n'''\n[cleanup]\nscript = "x"\n`),
      commands(script),
    );
    equal(codex('version = 1\n[[actions]]\nname = "Run"\n'), undefined);
    throws(() => codex("[setup]\nscript = 3"), /setup\.script/u);
    throws(() => codex("[setup"), /TOML/u);
  });
  it("what is no recipe says so", () => {
    throws(() => read(".cursor/worktrees.json", "{"), SyntaxError);
    throws(() => read(".cursor/worktrees.json", '{"setup-worktree": 3}'), /setup-worktree/u);
  });
  it("our own order", () =>
    deepEqual(
      SETUP_SOURCES.map((source) => source.path),
      [
        ".cursor/worktrees.json",
        ".agents/worktrees.json",
        ".codex/environments/environment.toml",
        "conductor.json",
        ".kilo/setup-script.sh",
        ".kilo/setup-script",
      ],
    ));
});

describe("an install that a copied folder makes needless", () => {
  const check = (command: string, copied: readonly string[], folder: string | undefined) =>
    it(`${command} with ${copied.join(", ") || "nothing"}`, () => equal(alreadyInstalled(command, copied), folder));
  check("npm ci", ["node_modules"], "node_modules");
  check("npm ci --no-audit --prefer-offline", ["node_modules"], "node_modules");
  check("npm install", ["node_modules"], "node_modules");
  check("yarn install --frozen-lockfile", ["node_modules"], "node_modules");
  check("pnpm i", ["node_modules"], "node_modules");
  check("pip install -r requirements.txt", [".venv"], ".venv");
  check("bundle install", ["vendor"], "vendor");
  check("npm ci", [], undefined);
  check("npm ci", ["packages/a/node_modules"], undefined);
  check("npm install left-pad", ["node_modules"], undefined);
  check("npm ci && npm run build", ["node_modules"], undefined);
  check("npm ci; evil", ["node_modules"], undefined);
  check("cd a && npm ci", ["node_modules"], undefined);
  check("npm run ci", ["node_modules"], undefined);
});
