import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Scenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { cli, type CliOutcome } from "../support/cli";
import { hostileWorld, type HostileWorld } from "../support/hostile-run";

/** Files that something executes later, each in a spelling some system takes for it, by row. */
const CONFIG: Readonly<Record<string, readonly string[]>> = {
  C01: [".vscode/settings.json", "packages/a/.vscode/settings.json", ".VSCODE/settings.json", ".Vscode/Settings.json"],
  C02: [".vscode/tasks.json"],
  C03: [".vscode/launch.json"],
  C04: [".vscode/extensions.json", ".vscode/mcp.json"],
  C05: ["all.code-workspace", "sub/X.CODE-WORKSPACE"],
  C06: [".devcontainer/devcontainer.json", ".devcontainer/Dockerfile", ".devcontainer.json"],
  C07: [".mcp.json", ".cursor/mcp.json", ".cursor/worktrees.json", "conductor.json"],
  C08: [".claude/settings.json", ".claude/agents/x.md", ".claude/settings.local.json"],
  C09: [".github/workflows/ci.yml", ".github/actions/x/action.yml", ".gitlab-ci.yml", ".circleci/config.yml"],
  C10: [".husky/pre-commit", ".githooks/post-checkout"],
  C11: ["lefthook.yml", "lefthook-local.yml", ".pre-commit-config.yaml"],
  C12: ["package.json", "packages/a/package.json", "binding.gyp"],
  C13: [".npmrc", ".yarnrc.yml", ".yarn/releases/yarn-4.cjs", ".pnpmfile.cjs"],
  C14: [".envrc", "mise.toml"],
  C15: ["Makefile", "conftest.py", "setup.py", "sitecustomize.py"],
  C16: [".gitattributes", ".gitmodules", ".gitconfig", "sub/.gitattributes"],
  C17: ["data/schema-user.json"],
  C18: [
    "AGENTS.md",
    "CLAUDE.md",
    "docs/AGENTS.md",
    ".cursorrules",
    ".github/copilot-instructions.md",
    ".windsurfrules",
  ],
};
const PATHS = Object.values(CONFIG).flat();
const textOf = (path: string) =>
  path.endsWith("package.json")
    ? '{ "scripts": { "postinstall": "sh evil.sh" } }\n'
    : path.endsWith("schema-user.json")
      ? '{ "$schema": "http://127.0.0.1:1/steal.json" }\n'
      : "evil: true\n";

/** Ways to get them in: each a subtask of its own. */
const WAYS = ["create", "edit", "rename", "shell"] as const;

describe("configuration that executes later never goes in by itself (C)", function () {
  this.timeout(300_000);
  let world: HostileWorld;
  let server: DemoServer;
  let run = "";
  const braid = (...args: readonly string[]): Promise<CliOutcome> =>
    cli(args, { cwd: world.repo.dir, env: { ...world.env, ANTHROPIC_BASE_URL: server.url } });

  before(async () => {
    const innocent = (path: string) => (path.endsWith(".json") ? "{}\n" : "innocent: true\n");
    world = await hostileWorld({
      ...Object.fromEntries(PATHS.map((path) => [`edit/${path}`, innocent(path)])),
      ...Object.fromEntries(PATHS.map((path, i) => [`rename/plain-${i}.txt`, textOf(path)])),
    });
    const at = (folder: string, path: string) => `${folder}/${path}`;
    const each = (folder: string, how: (path: string, i: number) => object) =>
      PATHS.map((path, i) => how(at(folder, path), i));
    const sh = (folder: string, how: (path: string, i: number) => string) => [
      { tool: "bash", input: { command: PATHS.map((path, i) => how(at(folder, path), i)).join("\n") } },
    ];
    const quote = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
    server = await startDemoServer(
      Scenario.parse({
        rules: [
          {
            when: { subtask: "create", turn: 1 },
            reply: each("create", (path) => ({ tool: "write", input: { file_path: path, content: textOf(path) } })),
          },
          {
            when: { subtask: "edit", turn: 1 },
            reply: each("edit", (path) => ({ tool: "read", input: { file_path: path } })),
          },
          {
            when: { subtask: "edit", turn: 2 },
            reply: each("edit", (path) => ({ tool: "write", input: { file_path: path, content: textOf(path) } })),
          },
          {
            when: { subtask: "rename", turn: 1 },
            reply: sh(
              "rename",
              (path, i) => `mkdir -p "$(dirname ${path})" && mv rename/plain-${i}.txt ${quote(path)}`,
            ),
          },
          {
            when: { subtask: "shell", turn: 1 },
            reply: sh(
              "shell",
              (path) => `mkdir -p "$(dirname ${path})" && printf %s ${quote(textOf(path))} > ${quote(path)}`,
            ),
          },
          { when: {}, reply: [{ tool: "report", input: { summary: "Obeyed." } }] },
        ],
      }),
      { speed: 0 },
    );
    mkdirSync(join(world.home, ".cache"));
    const plan = join(world.home, ".cache/plan.yml");
    writeFileSync(
      plan,
      `task: Obey\nsubtasks:\n${WAYS.map((id) => `  - { id: ${id}, description: Obey }\n`).join("")}`,
    );
    const outcome = await braid("run", plan, "--yes", "--json", "--accept", "all");
    assert.equal(outcome.code, 3, outcome.stderr);
    run = outcome.events[0]?.run ?? "";
  });
  after(async () => {
    await server.dispose();
    await world.dispose();
  });

  for (const way of WAYS)
    describe(`by ${way}`, () => {
      interface Reviewed {
        readonly files: readonly { readonly path: string; readonly executable: { readonly reason: string } | null }[];
        readonly choices: readonly { readonly path: string; readonly take: string }[];
      }
      let reviewed: Reviewed;
      before(async () => {
        const outcome = await braid("review", run, way, "--json");
        assert.equal(outcome.code, 0, outcome.stderr);
        reviewed = JSON.parse(outcome.stdout) as Reviewed;
      });
      for (const [row, paths] of Object.entries(CONFIG))
        for (const path of paths)
          it(`${row} ${path} is held apart, unticked`, () => {
            const file = reviewed.files.find((one) => one.path === `${way}/${path}`);
            assert.ok(file !== undefined, "it is not in the result");
            assert.notEqual(file.executable, null);
            assert.equal(reviewed.choices.find((one) => one.path === file.path)?.take, "none");
          });

      it("an accept of all of it is refused, and nothing has landed", async () => {
        const head = world.repo.git("rev-parse", "HEAD");
        const outcome = await braid("accept", run, way);
        assert.equal(outcome.code, 3);
        assert.match(outcome.stderr, /--include-config/u);
        assert.equal(world.repo.git("rev-parse", "HEAD"), head);
      });
    });

  it("not in bulk either: only the commit it began with is there", async () => {
    const outcome = await braid("accept", run, "--all-passing");
    assert.equal(outcome.code, 3);
    assert.equal(world.repo.git("rev-list", "--count", "HEAD"), "1");
    assert.equal(world.repo.git("status", "--porcelain"), "");
  });
});
