import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseScenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { commitTree } from "../../src/git/commit";
import { BRAID } from "../../src/git/identity";
import { undoLanding } from "../../src/git/land";
import { openRepository, readHead, treeOf } from "../../src/git/repository";
import { cli, type CliOutcome } from "../support/cli";
import { recordGit, verbOf, type GitRecorder } from "../support/git-recorder";
import { addSubmodule, ATTRIBUTES, DRIVEN, GIT_VECTORS, spring, sprung, type GitVector } from "../support/hostile-git";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";

const LINES = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`);
const text = (edit: (lines: readonly string[]) => readonly string[]) => `${edit(LINES).join("\n")}\n`;

/** Two workers that change all files that lead to a driver, and a third that only looks. */
const PLAN = `task: Change the driven files
subtasks:
  - { id: low, description: Edit, files: ["in.*"], verify: ["true"] }
  - { id: high, description: Edit on top, dependencies: [low] }
  - { id: rival, description: Edit otherwise, files: ["in.*"] }
  - { id: look, agent: researcher, description: Look }
integration: { validation_tests: ["true"] }
`;
const writes = (edit: (lines: readonly string[]) => readonly string[]) =>
  JSON.stringify(DRIVEN.map((file) => ({ tool: "write", input: { file_path: file, content: text(edit) } })));
/** One after the other, so that a later one gets an earlier one's worktree. */
const CHAIN = `task: Look and write
subtasks:
  - { id: first, description: Look }
  - { id: next, description: Write, dependencies: [first] }
  - { id: last, description: Write, dependencies: [next] }
`;
/** How the test itself uses git where traps are set. */
const QUIET = ["hooksPath=/dev/null", "fsmonitor=false", "editor=true"].flatMap((one) => ["-c", `core.${one}`]);
const SCENARIO = `rules:
  - when: { role: planner, system_contains: submit_amendment }
    reply: [{ tool: submit_amendment, input: { reason: Nothing to add. } }]
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
  - when: { subtask: rival, turn: 1 }
    reply: ${writes((lines) => lines.with(1, "ZWEI").with(27, "achtundzwanzig"))}
  - when: { subtask: high, turn: 1 }
    reply: ${writes((lines) => lines.with(1, "TWO").with(27, "28!").with(14, "15!"))}
  - when: { subtask: first, turn: 1 }
    reply: [{ tool: grep, input: { pattern: line 27 } }, { tool: write, input: { file_path: src/new.txt, content: "n\\n" } }]
  - when: { subtask: next, turn: 1 }
    reply: [{ tool: write, input: { file_path: src/next.txt, content: "n\\n" } }, { tool: bash, input: { command: ls } }]
  - when: { subtask: last, turn: 1 }
    reply: [{ tool: write, input: { file_path: src/last.txt, content: "n\\n" } }, { tool: bash, input: { command: ls } }]
  - when: { last_result_contains: "" }
    reply: [{ tool: report, input: { summary: "Did {{subtask}}." } }]
  - when: {}
    reply: [{ tool: report, input: { summary: "Did it." } }]
`;

describe("a repository whose git configuration is hostile (G01–G06, G13, G14)", function () {
  this.timeout(300_000);
  let server: DemoServer;
  let template: TempRepo;
  const verbs = new Set<string>();
  const folders: { dispose(): void }[] = [];
  before(async () => {
    template = plainRepo();
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

  function trap(repo: TempRepo, traps: readonly GitVector[]): string {
    const canaries = tempFolder("braid-canaries-");
    folders.push(canaries);
    for (const vector of traps) vector.plant({ repo, canaries: canaries.dir });
    for (const name of sprung(canaries.dir)) rmSync(join(canaries.dir, name));
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
    await braid([0], "report", run);
    await braid([0], "models");
    return { braid, run, plan: join(home.dir, "p.yml") };
  }

  /** Every decision, then a second run of another pattern with what a goal can name. */
  async function decisions({ braid, run, plan }: Awaited<ReturnType<typeof everything>>, repo: TempRepo) {
    await braid([0], "accept", run, "low", "--only", "in.merge#2", "--reason", "half");
    await braid([0], "undo", run, "low");
    await braid([0], "accept", run, "low", "--except", "in.merge#1");
    await braid([0], "retry", run, "high", "--note", "again");
    await braid([0, 3], "resume", run, "--yes");
    // Its rival changed the same lines: an agent resolves it.
    await braid([3], "accept", run, "rival");
    await braid([3], "resolve", run, "rival");
    await braid([0], "accept", run, "rival");
    await braid([0], "origin", "in.merge:1");
    await braid([0, 1], "doctor");
    await braid([0], "clean", run, "--yes");
    await braid([0], "restore", run);
    await interrupted(repo);
    await braid([0], "plan", "Look at @src/a.txt and @src");
    await braid([0, 1, 3], "run", "--pattern", "review", "--against", "bait-ours", "--yes");
    await braid([0, 3], "amend", run, "--note", "look again");
    await braid([0], "reject", (await braid([3], "run", plan, "--yes", "--json")).events[0]?.run ?? "", "low");
  }

  it("each of these traps is one: plain git springs it", () => {
    const harmless: string[] = [];
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

  for (const [what, traps, how] of [
    ["but the user's own commit hooks and signing", GIT_VECTORS.filter((one) => one.custom !== true), "on"],
    ["hooks and signing among them", GIT_VECTORS, "off"],
  ] as const)
    it(`G02 G03 G13 ${traps.length} traps in one repository, ${what}: nothing runs, whatever Braid does there`, async () => {
      const repo = copyOf(template);
      const canaries = trap(repo, traps);
      const records = tempFolder("braid-record-");
      folders.push(records);
      const recorder = recordGit(records.dir);
      const begun = await everything(repo.dir, recorder);
      if (how === "on") await decisions(begun, repo);
      else {
        await begun.braid([0], "accept", begun.run, "low", "--no-hooks");
        rmSync(join(repo.dir, ".git/hooks"), { recursive: true });
        repo.git(...QUIET, "config", "--unset", "core.hooksPath");
        // Signing is asked of the user's own program, which has no key here.
        const unsigned = await begun.braid([3], "accept", begun.run, "high");
        assert.match(unsigned.stderr, /signing refused the commit/u);
      }
      assert.deepEqual(sprung(canaries), []);
      for (const call of recorder.calls()) verbs.add(verbOf(call));
    });

  it("G02 G03 in a repository so large that files come as they are asked for: nothing runs either", async () => {
    // Filters and submodules have all files come at once, so there are none.
    const traps = GIT_VECTORS.filter(({ name }) => !name.includes("submodule"));
    const repo = tempRepo({
      ".gitattributes": ATTRIBUTES.split("\n")
        .filter((line) => !line.includes("filter="))
        .join("\n"),
      ...Object.fromEntries(DRIVEN.map((file) => [file, text((lines) => lines)])),
      ...Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`many/${i}.txt`, "x\n"])),
    });
    folders.push(repo);
    const canaries = trap(repo, traps);
    const records = tempFolder("braid-record-");
    folders.push(records);
    const recorder = recordGit(records.dir);
    const home = tempFolder();
    folders.push(home);
    writeFileSync(join(home.dir, "p.yml"), CHAIN);
    const env = { PATH: recorder.path, HOME: home.dir, ANTHROPIC_BASE_URL: server.url };
    const outcome = await cli(["run", join(home.dir, "p.yml"), "--yes"], { cwd: repo.dir, env });
    assert.equal(outcome.code, 3, outcome.stdout + outcome.stderr);
    // Which branch HEAD names git is asked where its file does not say it.
    writeFileSync(join(repo.dir, ".git/HEAD"), `${repo.git(...QUIET, "rev-parse", "HEAD")}\n`);
    const detached = await cli(["run", join(home.dir, "p.yml"), "--yes"], { cwd: repo.dir, env });
    assert.match(detached.stderr, /HEAD is detached/u);
    assert.deepEqual(sprung(canaries), []);
    const called = recorder.calls().map(verbOf);
    for (const verb of ["clean", "grep", "mktree"])
      assert.ok(
        called.some((line) => line.split(" ")[0] === verb),
        verb,
      );
    for (const verb of called) verbs.add(verb);
  });

  it("that was every command there is in src/git and src/run", () => {
    const seen = [...verbs].map((line) => line.split(" ")[0]);
    assert.deepEqual(
      issuedVerbs().filter((verb) => !seen.includes(verb) && !ONLY_INTERRUPTED.includes(verb)),
      [],
    );
  });
});

/** What the next start does after an accept that was killed half-way: the only commands no whole path can be made to reach. */
async function interrupted(repo: TempRepo): Promise<void> {
  const opened = await openRepository(repo.dir);
  const { commit, target } = await readHead(opened);
  const next = await commitTree(opened, {
    tree: await treeOf(opened, `${commit}~1`),
    parents: [commit],
    message: "next",
    by: BRAID,
  });
  rmSync(join(repo.dir, "in.clean"));
  await undoLanding(opened, { target, seen: commit, commit: next });
}
const ONLY_INTERRUPTED = ["diff-index"];

/** Verbs in the sources' calls of the door, so that a command nobody drives here is missed. */
function issuedVerbs(): readonly string[] {
  const sources = ["src/git", "src/run"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(folder, file), "utf8")),
  );
  const verbs = sources.flatMap((source) =>
    [
      ...source.matchAll(
        /(?:\bgit|gitText|askStanding)\([^[\]]*?\[\s*"([a-z][a-z-]+)"|\bargs = \[\s*(?:"-c", "[^"]+", )?"([a-z-]+)"/gu,
      ),
    ].map(([, one, other]) => one ?? other ?? ""),
  );
  return [...new Set(verbs)].toSorted();
}
