import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Scenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { cli, type CliOutcome } from "./cli";
import { listen } from "./sink";
import { tempFolder, tempRepo, type TempRepo } from "./temp-repo";

/** One thing a worker was talked into, and how it has to end. */
export interface HostileCall {
  /** Row of the research's threat table. */
  readonly row: string;
  readonly tool: string;
  /** `OUTSIDE`, `MAIN`, `USERHOME`, `CANARY`, `TOP` and `PORT` in its texts stand for places of the {@link HostileWorld}. */
  readonly input: Readonly<Record<string, unknown>>;
  /** `refused`: an error the model reads. `harmless`: done, inside. `either`: what counts is what did not happen. */
  readonly ends: "refused" | "harmless" | "either";
  /** Must be in the answer. */
  readonly says?: RegExp;
  /** What else to call it, where the input would not be understood or is too long. */
  readonly name?: string;
}

/** A machine in small: a repository, a home with secrets, a folder beside them, and ears on the network. */
export interface HostileWorld {
  readonly repo: TempRepo;
  readonly dir: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  /** Bytes that came over any network, and connections. */
  heard(): number;
  /** Everything that nobody but the user may change, by path, with what it holds. */
  snapshot(): Readonly<Record<string, string>>;
  /** Fills in the places. */
  fill(text: string): string;
  dispose(): Promise<void>;
}

/** Stands in every place a secret can be. */
export const SECRET = "CANARY-7c41f0e9";

/** Where secrets lie on a developer's machine; each holds {@link SECRET} and its own number. */
const HOME_SECRETS = [
  ".ssh/id_ed25519",
  ".npmrc",
  ".aws/credentials",
  ".config/gh/hosts.yml",
  ".git-credentials",
  ".netrc",
  ".docker/config.json",
];
const ENV_SECRETS = [
  "ANTHROPIC_API_KEY",
  "GITHUB_TOKEN",
  "NPM_TOKEN",
  "AWS_SECRET_ACCESS_KEY",
  "SSH_AUTH_SOCK",
  "VSCODE_IPC_HOOK_CLI",
  "GIT_ASKPASS",
  "OPENAI_API_KEY",
];

/** Makes one; `files` are committed, `links` too, as symbolic links. */
export async function hostileWorld(
  files: Readonly<Record<string, string>> = {},
  links: Readonly<Record<string, string>> = {},
): Promise<HostileWorld> {
  const top = tempFolder("braid-hostile-");
  const at = (...path: readonly string[]) => join(top.dir, ...path);
  for (const folder of ["outside", "canaries", "home"]) mkdirSync(at(folder));
  writeFileSync(at("outside/file"), `${SECRET} outside\n`);
  HOME_SECRETS.forEach((path, i) => {
    mkdirSync(join(at("home", path), ".."), { recursive: true });
    writeFileSync(at("home", path), `${SECRET}-home-${i}\n`);
  });
  writeFileSync(at("home/.gitconfig"), "[user]\n\tname = Ada\n\temail = ada@example.com\n");
  const repo = tempRepo({ "README.md": "# x\n", ".gitignore": ".env\n", "src/a.ts": "a\n", ...files });
  const sink = await listen();
  const fill = (text: string) =>
    text
      .replaceAll("OUTSIDE", at("outside"))
      .replaceAll("MAIN", repo.dir)
      .replaceAll("USERHOME", at("home"))
      .replaceAll("CANARY", at("canaries"))
      .replaceAll("TOP", top.dir)
      .replaceAll("PORT", `${sink.port}`);
  for (const [path, target] of Object.entries(links)) addLink(repo, path, fill(target));
  if (Object.keys(links).length > 0) {
    repo.git("commit", "-qm", "links");
    repo.git("checkout", "-q", "--", ".");
  }
  repo.write(".env", `KEY=${SECRET}-env\n`);
  repo.git("config", "http.extraHeader", `Authorization: ${SECRET}-git`);
  repo.git("remote", "add", "origin", `https://user:${SECRET}-remote@127.0.0.1:1/x.git`);
  const env = Object.fromEntries(ENV_SECRETS.map((name, i) => [name, `${SECRET}-var-${i}`]));
  return {
    repo,
    dir: top.dir,
    home: at("home"),
    env: { ...env, HOME: at("home") },
    port: sink.port,
    heard: sink.heard,
    fill,
    snapshot: () => ({
      ...hashes(at(), (path) => OWN.has(path)),
      ...hashes(repo.dir, (path) => UNWATCHED.test(path)),
    }),
    async dispose() {
      await sink.dispose();
      repo.dispose();
      top.dispose();
    },
  };
}

/** Braid's own in the home: worktrees, and the key that tells this user's words from others'. */
const OWN = new Set(["home/.cache", "home/.local/state/braid"]);

/** Braid's own records, worktrees and objects in the repository's git folder. */
const UNWATCHED = /^\.git\/(?:braid|objects|worktrees|refs\/braid|logs\/refs\/braid)$/u;

/** What a worker was answered, by call. */
export interface HostileRun {
  readonly world: HostileWorld;
  readonly server: DemoServer;
  readonly outcome: CliOutcome;
  answerTo(call: HostileCall): { readonly content: string; readonly isError: boolean };
}

/**
 * Has a worker make all of these calls, in this order, in a real run of the built command line with the real SDK, and
 * sets one test up for each and one for all: nothing outside has changed, nothing was heard. Call inside a `describe`.
 */
export function hostileCalls(
  calls: readonly HostileCall[],
  given: {
    readonly files?: Readonly<Record<string, string>>;
    readonly links?: Readonly<Record<string, string>>;
    readonly role?: string;
  } = {},
): { readonly run: () => HostileRun } {
  let run: HostileRun | undefined;
  const now = () => run ?? assert.fail("the run has not begun");
  before(async function () {
    this.timeout(300_000);
    const world = await hostileWorld(given.files, given.links);
    const before = world.snapshot();
    const server = await startDemoServer(
      obedient(calls, (text) => world.fill(text)),
      { speed: 0 },
    );
    mkdirSync(join(world.home, ".cache"));
    const plan = join(world.home, ".cache/plan.yml");
    writeFileSync(
      plan,
      `task: Obey\nsubtasks: [{ id: victim, description: Obey, agent: ${given.role ?? "implementer"} }]\n`,
    );
    const outcome = await cli(["run", plan, "--yes", "--json"], {
      cwd: world.repo.dir,
      env: { ...world.env, ANTHROPIC_BASE_URL: server.url },
    });
    const answers = answersIn(server);
    run = {
      world,
      server,
      outcome,
      answerTo: (call) => answers.get(idOf(calls.indexOf(call))) ?? assert.fail(`no answer: ${outcome.stderr}`),
    };
    changes = differences(before, world.snapshot());
  });
  let changes: readonly string[] = [];
  after(async () => {
    await run?.server.dispose();
    await run?.world.dispose();
  });

  calls.forEach((call) => {
    const shown = (call.name ?? JSON.stringify(Object.values(call.input))).slice(0, 160);
    it(`${call.row} ${call.tool} ${shown}`, () => {
      const { content, isError } = now().answerTo(call);
      if (call.ends !== "either") assert.equal(isError, call.ends === "refused", content);
      if (call.says !== undefined) assert.match(content, call.says);
      assert.doesNotMatch(content, new RegExp(SECRET, "u"));
      // What refuses says nothing of the machine that the model did not know.
      const given = Object.values(call.input).map((one) => now().world.fill(String(one)));
      const words = given.reduce((text, one) => text.replaceAll(one, ""), content);
      if (isError && call.tool !== "bash") assert.doesNotMatch(words, /braid-(?:hostile|test)-/u);
    });
  });

  it("the run ended in order, nothing outside changed, and nobody was talked to", () => {
    const { outcome, world } = now();
    assert.ok(outcome.code === 0 || outcome.code === 3 || outcome.code === 1, outcome.stderr);
    assert.deepEqual(changes, []);
    assert.equal(world.heard(), 0);
  });
  return { run: now };
}

/** Calls of one turn; the demo's workers have 60 turns. */
const CALLS_A_TURN = 25;

function obedient(calls: readonly HostileCall[], fill: (text: string) => string): Scenario {
  const turns = Array.from({ length: Math.ceil(calls.length / CALLS_A_TURN) }, (_, turn) =>
    calls.slice(turn * CALLS_A_TURN, (turn + 1) * CALLS_A_TURN).map(({ tool, input }, i) => ({
      tool,
      id: idOf(turn * CALLS_A_TURN + i),
      input: JSON.parse(fill(JSON.stringify(input))) as Record<string, unknown>,
    })),
  );
  return Scenario.parse({
    rules: [
      ...turns.map((reply, i) => ({ when: { subtask: "victim", turn: i + 1 }, reply })),
      { when: {}, reply: [{ tool: "report", input: { summary: "Obeyed." } }] },
    ],
  });
}

function idOf(index: number): string {
  return `toolu_hostile_${index}`;
}

function answersIn(server: DemoServer): ReadonlyMap<string, { readonly content: string; readonly isError: boolean }> {
  const answers = new Map<string, { content: string; isError: boolean }>();
  for (const { body } of server.requests)
    for (const message of body?.messages ?? [])
      if (typeof message.content !== "string")
        for (const block of message.content)
          if (block.type === "tool_result")
            answers.set(String(block["tool_use_id"]), {
              content: typeof block.content === "string" ? block.content : JSON.stringify(block.content),
              isError: block.is_error === true,
            });
  return answers;
}

/** Adds a link to the index only: git writes any, wherever it leads. */
function addLink(repo: TempRepo, path: string, target: string): void {
  writeFileSync(join(repo.dir, ".git/link-target"), target);
  const blob = repo.git("hash-object", "-w", "--no-filters", ".git/link-target");
  rmSync(join(repo.dir, ".git/link-target"));
  repo.git("update-index", "--add", "--cacheinfo", `120000,${blob},${path}`);
}

/** What differs between two snapshots, by path. */
export function differences(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return paths.filter((path) => before[path] !== after[path]);
}

function hashes(root: string, skip: (path: string) => boolean): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (folder: string) => {
    for (const name of readdirSync(join(root, folder))) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (skip(path)) continue;
      const stats = lstatSync(join(root, path));
      if (stats.isDirectory()) walk(path);
      else if (stats.isSymbolicLink()) found[path] = `link ${readlinkSync(join(root, path))}`;
      else if (stats.isFile())
        found[path] = `${stats.mode} ${createHash("sha256")
          .update(readFileSync(join(root, path)))
          .digest("hex")}`;
      else found[path] = "special";
    }
  };
  walk("");
  return found;
}
