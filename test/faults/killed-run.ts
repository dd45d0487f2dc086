import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseScenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { readLines } from "../../src/run/log/journal-lines";
import { startCli, type CliOutcome } from "../support/cli";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";

/** Two workers side by side, a third on top of one of them, and a plan no planner need be asked for, but may. */
const PLAN = {
  task: "Three notes",
  subtasks: [
    { id: "one", files: ["one.txt"], verify: ["test -s one.txt"] },
    { id: "two", files: ["two.txt"] },
    { id: "three", dependencies: ["one"], files: ["one.txt", "three.txt"] },
  ],
  integration: { strategy: "merge-and-validate", validation_tests: ["test -f README.md"] },
};
const NOTE = '{ tool: write, input: { file_path: "{{subtask}}.txt", content: "{{subtask}}\\n" } }';
const RULES = `rules:
  - when: { role: planner }
    reply: [{ tool: submit_plan, input: ${JSON.stringify(PLAN)} }]
  - when: { role: synthesizer }
    reply: [{ tool: report, input: { summary: "All together." } }]
  - when: { turn: 1 }
    reply: [{ thinking: "Step {{turn}}" }, ${NOTE}]
  - when: { subtask: three, turn: 2 }
    reply: [{ tool: edit, input: { file_path: one.txt, old_string: one, new_string: ONE } }]
  - when: { subtask: one, turn: 2 }
    reply: [{ tool: bash, input: { command: "echo more >> one.txt" } }]
  - reply: [{ tool: report, input: { summary: "Done." } }]
`;
const ACCEPT = ["--accept", "passing", "--yes"];

/** When a process is killed: as the log holds so many events, or after so many milliseconds. */
export type Moment = { readonly events: number } | { readonly ms: number };

/** How a run came out that was killed at some moments. */
export interface Survived {
  /** Of the branch in the end. */
  readonly tree: string;
  readonly events: number;
  readonly ms: number;
}

/** Runs the plan, kills it at the first moment, its recovery at the others, lets it finish, and checks every invariant. */
export async function surviveKills(moments: readonly Moment[]): Promise<Survived> {
  const repo = tempRepo({ "README.md": "# x\n" });
  const home = tempFolder();
  const server = await startDemoServer(parseScenario(RULES, "kill.yml"), { speed: 0 });
  const env = { HOME: home.dir, ANTHROPIC_BASE_URL: server.url };
  const started = performance.now();
  try {
    const plan = join(home.dir, "plan.yml");
    writeFileSync(plan, JSON.stringify(PLAN));
    const paid = new Set<string>();
    const attempt = async (moment: Moment | undefined): Promise<CliOutcome> => {
      const args = hasRun(repo) ? ["resume", ...ACCEPT] : ["run", plan, "--concurrency", "2", ...ACCEPT];
      const asked = server.requests.length;
      const outcome = await killedAt(startCli(args, { cwd: repo.dir, env }), journalFolder(repo), moment);
      for (const request of server.requests.slice(asked)) {
        const turn = `${request.facts.subtask} ${request.facts.turn}`;
        ok(!paid.has(turn), `${turn} is paid for twice\n${outcome.stdout}\n${outcome.stderr}`);
      }
      for (const turn of turnsIn(repo)) paid.add(turn);
      return outcome;
    };
    for (const moment of moments) await attempt(moment);
    const last = await attempt(undefined);
    equal(last.code, 0, `${last.stdout}\n${last.stderr}`);
    return { ...check(repo, server), ms: performance.now() - started };
  } finally {
    await server.dispose();
    repo.dispose();
    home.dispose();
  }
}

async function killedAt(
  { child, ended }: ReturnType<typeof startCli>,
  runs: string,
  moment: Moment | undefined,
): Promise<CliOutcome> {
  if (moment === undefined) return ended;
  const kill = (): void => void child.kill("SIGKILL");
  if ("ms" in moment) {
    const timer = setTimeout(kill, moment.ms);
    return ended.finally(() => clearTimeout(timer));
  }
  const look = (): void => {
    if (eventsIn(runs).length >= moment.events) kill();
  };
  // The folder of the run is made by the process; until then there is nothing to watch closely.
  const timer = setInterval(look, 2);
  const watcher = existsSync(runs) ? watch(runs, { recursive: true, persistent: false }, look) : undefined;
  return ended.finally(() => {
    clearInterval(timer);
    watcher?.close();
  });
}

/** What must hold of a run that is done, however often it was killed. */
function check(repo: TempRepo, server: DemoServer): Omit<Survived, "ms"> {
  const runs = runsIn(repo).map((run) => readLines(readFileSync(join(journalFolder(repo), run, "journal.jsonl"))));
  const { events, damage } = runs.find((run) => run.events.length > 0) ?? { events: [], damage: [] };
  deepEqual(damage, [], "the log is whole");
  const accepted = repo
    .git("log", "--format=%(trailers:key=Braid-Subtask,valueonly,separator=%x2C)", "main")
    .split("\n");
  deepEqual(accepted.filter((id) => id !== "").toSorted(), ["one", "three", "two"], "each accept is there once");
  equal(repo.git("status", "--porcelain"), "", "files, index and branch agree");
  equal(repo.git("worktree", "list").split("\n").length, 1, "no worktree is left");
  equal(repo.git("for-each-ref", "refs/braid/turns"), "", "no record of a turn is kept for ever");
  deepEqual(locksIn(repo), [], "no lock is left");
  const ends = events
    .filter(({ event }) => event.type === "subtask.finished")
    .map(({ event }) => "subtask" in event && event.subtask);
  deepEqual(ends.map(String).toSorted(), ["one", "three", "two"], "each subtask is finished once");
  ok(server.requests.length > 0);
  return { tree: repo.git("rev-parse", "main^{tree}"), events: events.length };
}

function locksIn(repo: TempRepo): readonly string[] {
  return readdirSync(join(repo.dir, ".git"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".lock"),
  );
}

/** The answers the log knows of, as `subtask turn`. */
function turnsIn(repo: TempRepo): readonly string[] {
  return eventsIn(journalFolder(repo)).flatMap(({ event }) =>
    event.type === "turn.completed" && event.by === undefined && event.subtask !== null
      ? [`${event.subtask} ${event.turn}`]
      : [],
  );
}

function eventsIn(runs: string) {
  // One that was killed before its first event has a folder, too.
  const paths = (existsSync(runs) ? readdirSync(runs) : []).map((run) => join(runs, run, "journal.jsonl"));
  return paths.flatMap((path) => (existsSync(path) ? readLines(readFileSync(path)).events : []));
}

function runsIn(repo: TempRepo): readonly string[] {
  return existsSync(journalFolder(repo)) ? readdirSync(journalFolder(repo)) : [];
}

/** A run that was killed before its first event never began. */
function hasRun(repo: TempRepo): boolean {
  return eventsIn(journalFolder(repo)).length > 0;
}

function journalFolder(repo: TempRepo): string {
  return join(repo.dir, ".git/braid/runs");
}
