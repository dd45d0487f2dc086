import assert from "node:assert/strict";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseScenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { cli, type CliOutcome } from "../support/cli";
import { recordGit, verbOf, type GitRecorder } from "../support/git-recorder";
import { addSubmodule, ATTRIBUTES, DRIVEN, GIT_VECTORS, spring, sprung } from "../support/hostile-git";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";

const LINES = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`);
const text = (edit: (lines: readonly string[]) => readonly string[]) => `${edit(LINES).join("\n")}\n`;

/** Two workers that change all files that lead to a driver, and a third that only looks. */
const PLAN = `task: Change the driven files
subtasks:
  - { id: low, description: Edit, files: ["in.*"], verify: ["true"] }
  - { id: high, description: Edit on top, dependencies: [low] }
  - { id: look, agent: researcher, description: Look }
integration: { validation_tests: ["true"] }
`;
const writes = (edit: (lines: readonly string[]) => readonly string[]) =>
  JSON.stringify(DRIVEN.map((file) => ({ tool: "write", input: { file_path: file, content: text(edit) } })));
const SCENARIO = `rules:
  - when: { role: planner }
    reply: [{ tool: submit_plan, input: { plan: { task: t, subtasks: [{ id: only, description: d }] } } }]
  - when: { role: researcher }
    reply: [{ tool: report, input: { summary: Looked. } }]
  - when: { role: reviewer }
    reply: [{ tool: report, input: { summary: Reviewed. } }]
  - when: { contains: "/conflict/i", turn: 1 }
    reply: ${writes((lines) => lines.with(1, "both").with(27, "28!"))}
  - when: { subtask: low, turn: 1 }
    reply: ${writes((lines) => lines.with(1, "TWO").with(27, "28!"))}
  - when: { subtask: high, turn: 1 }
    reply: ${writes((lines) => lines.with(1, "TWO").with(27, "28!").with(14, "15!"))}
  - when: { last_result_contains: "" }
    reply: [{ tool: report, input: { summary: "Did {{subtask}}." } }]
  - when: {}
    reply: [{ tool: report, input: { summary: "Did it." } }]
`;

describe("a repository whose git configuration is hostile (G01–G06, G13, G14)", function () {
  this.timeout(300_000);
  let server: DemoServer;
  const verbs = new Set<string>();
  const folders: { dispose(): void }[] = [];
  before(async () => {
    server = await startDemoServer(parseScenario(SCENARIO, "test.yml"), { speed: 0 });
  });
  after(async () => {
    await server.dispose();
    for (const folder of folders) folder.dispose();
  });

  function plainRepo(): TempRepo {
    const repo = tempRepo({
      ".gitattributes": ATTRIBUTES,
      ".gitignore": "secret.env\n",
      ".worktreeinclude": "secret.env\n",
      "secret.env": "A=1\n",
      "src/a.txt": "a\n",
      ...Object.fromEntries(DRIVEN.map((file) => [file, text((lines) => lines)])),
    });
    folders.push(repo);
    const source = tempFolder();
    folders.push(source);
    addSubmodule(repo, source.dir);
    // What the baits and the merges need: two branches that both changed every driven file.
    for (const [branch, word] of [
      ["bait-ours", "ours"],
      ["bait-theirs", "theirs"],
    ] as const) {
      repo.git("switch", "-qc", branch, "main");
      for (const file of DRIVEN)
        repo.write(
          file,
          text((lines) => lines.with(1, word)),
        );
      repo.commit(word);
    }
    repo.git("switch", "-q", "main");
    repo.write("src/a.txt", "b\n");
    repo.commit("two");
    return repo;
  }

  /** The same repository in another place; what makes it takes a while. */
  function copyOf(repo: TempRepo): TempRepo {
    const copy = tempRepo();
    folders.push(copy);
    rmSync(join(copy.dir, ".git"), { recursive: true });
    cpSync(repo.dir, copy.dir, { recursive: true });
    return copy;
  }

  function trap(repo: TempRepo): string {
    const canaries = tempFolder("braid-canaries-");
    folders.push(canaries);
    for (const vector of GIT_VECTORS) vector.plant({ repo, canaries: canaries.dir });
    return canaries.dir;
  }

  /** Every command that Braid has, on a repository whose traps are set. */
  async function everything(dir: string, recorder: GitRecorder, more: Readonly<Record<string, string>> = {}) {
    const home = tempFolder();
    folders.push(home);
    writeFileSync(join(home.dir, ".gitconfig"), "[user]\n\tname = Ada\n\temail = ada@example.com\n");
    const env = { PATH: recorder.path, HOME: home.dir, ANTHROPIC_BASE_URL: server.url, ...more };
    const ended: CliOutcome[] = [];
    const braid = async (codes: readonly number[], ...args: readonly string[]) => {
      const outcome = await cli(args, { cwd: dir, env });
      ended.push(outcome);
      assert.ok(
        codes.includes(outcome.code ?? -1),
        `braid ${args.join(" ")}: ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`,
      );
      return outcome;
    };
    writeFileSync(join(home.dir, "p.yml"), PLAN);
    const first = await braid([3], "run", join(home.dir, "p.yml"), "--yes", "--json");
    const run = first.events[0]?.run ?? "";
    assert.deepEqual(
      first.events.filter((event) => event.type === "subtask.failed"),
      [],
    );
    await braid([0], "status");
    await braid([0], "status", run, "--json");
    await braid([0], "review", run, "low", "--json");
    await braid([0], "accept", run, "low", "--only", "in.merge#2", "--reason", "half");
    await braid([0], "undo", run, "low");
    await braid([0], "accept", run, "low");
    await braid([0], "undo", run, "low");
    return { braid, run };
  }

  it("each of these traps is one: plain git springs it", () => {
    const harmless: string[] = [];
    const template = plainRepo();
    for (const vector of GIT_VECTORS) {
      const repo = copyOf(template);
      const canaries = tempFolder("braid-canaries-");
      folders.push(canaries);
      vector.plant({ repo, canaries: canaries.dir });
      rmSync(join(canaries.dir, vector.name), { force: true });
      spring(vector, repo.dir);
      if (!sprung(canaries.dir).includes(vector.name)) harmless.push(vector.name);
    }
    assert.deepEqual(harmless, []);
  });

  it(`${GIT_VECTORS.length} traps in one repository: nothing runs, whatever Braid does there`, async () => {
    const repo = plainRepo();
    const canaries = trap(repo);
    for (const name of sprung(canaries)) rmSync(join(canaries, name));
    const records = tempFolder("braid-record-");
    folders.push(records);
    const recorder = recordGit(records.dir);
    const { braid, run } = await everything(repo.dir, recorder);
    for (const line of recorder.calls().map(verbOf)) verbs.add(line);
    void braid;
    void run;
    assert.deepEqual(sprung(canaries), []);
  });
});
