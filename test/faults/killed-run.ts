import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../../src/core/state/events";
import { foldAll } from "../../src/core/state/fold";
import type { Facts } from "../../src/demo/facts";
import { parseScenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { readLines } from "../../src/run/log/journal-lines";
import { startCli, type CliOutcome } from "../support/cli";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";

/** Two workers side by side, one of them reviewed, and a third on top of the other; a planner first, a synthesizer last. */
const PLAN = {
  task: "Three notes",
  subtasks: [
    { id: "one", files: ["one.txt"], verify: ["test -s one.txt"] },
    { id: "two", files: ["two.txt"], review: { agent: "reviewer", rounds: 1 } },
    { id: "three", dependencies: ["one"], files: ["one.txt", "three.txt"] },
  ],
  integration: { strategy: "merge-and-validate", validation_tests: ["test -f README.md"] },
};
const NOTE = '{ tool: write, input: { file_path: "{{subtask}}.txt", content: "{{subtask}}\\n" } }';
const RULES = `rules:
  - when: { role: planner, turn: 1 }
    reply: [{ tool: glob, input: { pattern: "*" } }]
  - when: { role: planner }
    reply: [{ tool: submit_plan, input: ${JSON.stringify(PLAN)} }]
  - when: { role: reviewer, turn: 1 }
    reply: [{ tool: read, input: { file_path: two.txt } }]
  - when: { role: reviewer }
    reply: [{ tool: verdict, input: { decision: approve, findings: [] } }]
  - when: { role: synthesizer, turn: 1 }
    reply: [{ tool: read, input: { file_path: three.txt } }]
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
const SUBTASKS = ["one", "two", "three"];

/** When a process is killed: some milliseconds after it has written so many events, or as there are so many answers of the model. */
export type Moment = { readonly events: number; readonly ms: number } | { readonly answers: number };

/** How a run came out that was killed at some moments. */
export interface Survived {
  /** Of the branch in the end. */
  readonly tree: string;
  readonly events: number;
  readonly answers: number;
  readonly ms: number;
}

/** Where a run takes place: the repository, and a folder outside of it. */
export interface Places {
  readonly repo: TempRepo;
  readonly home: string;
}

/** Settings of {@link surviveKills}. */
interface Circumstances {
  /** Environment of the command line that is killed, not of those that come after it. */
  readonly env?: (at: Places) => Readonly<Record<string, string>>;
  /** Files in the repository beside its README; of many, those that are asked for come to a worktree alone. */
  readonly files?: number;
  /** Kills it at another moment than those of the clock and the log; asked every few milliseconds. */
  readonly isTime?: (at: Places) => boolean;
}

/** Runs the goal, kills it at the first moment, its recovery at the others, lets it finish, and checks every invariant. */
export async function surviveKills(moments: readonly Moment[], around: Circumstances = {}): Promise<Survived> {
  const repo = tempRepo({ "README.md": "# x\n", ...manyFiles(around.files ?? 0) });
  repo.write("README.md", USERS);
  const home = tempFolder();
  const server = await startDemoServer(parseScenario(RULES, "kill.yml"), { speed: 0 });
  const env = { HOME: home.dir, ANTHROPIC_BASE_URL: server.url };
  const started = performance.now();
  try {
    const at = { repo, home: home.dir };
    const paid = new Set<string>();
    const attempt = async (moment: Moment | undefined, first: boolean): Promise<CliOutcome> => {
      const args = hasRun(repo)
        ? ["resume", ...ACCEPT]
        : ["run", "--goal", "Three notes", "--concurrency", "2", ...ACCEPT];
      const asked = server.requests.length;
      const cli = startCli(args, { cwd: repo.dir, env: { ...env, ...(first ? around.env?.(at) : {}) } });
      const isTime = first && around.isTime !== undefined ? () => around.isTime?.(at) === true : undefined;
      const outcome = await killedAt(cli, repo, { moment, isTime });
      for (const request of server.requests.slice(asked)) {
        const turn = turnOf(request.facts);
        ok(!paid.has(turn), `${turn} is paid for twice\n${outcome.stdout}\n${outcome.stderr}`);
      }
      for (const turn of answersIn(repo)) paid.add(turn);
      return outcome;
    };
    for (const [i, moment] of moments.entries()) await attempt(moment, i === 0);
    if (around.isTime !== undefined) equal((await attempt(undefined, true)).code, null, "it was killed");
    const last = await attempt(undefined, false);
    equal(last.code, 0, `${last.stdout}\n${last.stderr}`);
    return { ...check(repo, server, paid), ms: performance.now() - started };
  } finally {
    await server.dispose();
    repo.dispose();
    home.dispose();
  }
}

function manyFiles(count: number): Readonly<Record<string, string>> {
  const path = (n: number) => `lib/${n % 40}/${n}.txt`;
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [path(n), `${n}\n`]));
}

/** What the user has not committed yet. */
const USERS = "# x\n\nMine, and in nobody's way.\n";

async function killedAt(
  { child, ended }: ReturnType<typeof startCli>,
  repo: TempRepo,
  { moment, isTime }: { readonly moment: Moment | undefined; readonly isTime: (() => boolean) | undefined },
): Promise<CliOutcome> {
  if (moment === undefined && isTime === undefined) return ended;
  const kill = (): void => void child.kill("SIGKILL");
  const before = eventsIn(repo).length;
  let late: NodeJS.Timeout | undefined;
  let seen = "";
  const look = (): void => {
    // Reading all of it every few milliseconds would cost more than the run.
    const sizes = moment === undefined ? "" : sizesIn(repo, "events" in moment);
    if (sizes === seen && sizes !== "") return;
    seen = sizes;
    const has =
      moment === undefined
        ? isTime?.()
        : "events" in moment
          ? eventsIn(repo).length >= before + moment.events
          : answersIn(repo).size >= moment.answers;
    if (has !== true) return;
    const ms = moment !== undefined && "ms" in moment ? moment.ms : 0;
    if (ms === 0) kill();
    else late ??= setTimeout(kill, ms);
  };
  // The folder of the run is made by the process; until then there is nothing to watch closely.
  const timer = setInterval(look, 2);
  return ended.finally(() => {
    clearInterval(timer);
    clearTimeout(late);
  });
}

/** How much there is of the log, and where it matters of the records of agents; "" before there is a run. */
function sizesIn(repo: TempRepo, isLogEnough: boolean): string {
  return runsIn(repo)
    .flatMap((run) => {
      const dir = join(journalFolder(repo), run);
      const turns = join(dir, "turns");
      const records = isLogEnough || !existsSync(turns) ? [] : readdirSync(turns).map((name) => join(turns, name));
      return [join(dir, "journal.jsonl"), ...records].map(
        (path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0,
      );
    })
    .join();
}

/** What must hold of a run that is done, however often it was killed. */
function check(repo: TempRepo, server: DemoServer, paid: ReadonlySet<string>): Omit<Survived, "ms"> {
  const runs = runsIn(repo).map((run) => readLines(readFileSync(join(journalFolder(repo), run, "journal.jsonl"))));
  const begun = runs.filter((run) => run.events.length > 0);
  equal(begun.length, 1, "there is one run");
  const { events, damage } = begun[0] ?? { events: [], damage: [] };
  deepEqual(damage, [], "the log is whole");
  equal(repo.read("README.md"), USERS, "I1: what the user has not committed is as it was");
  const trailers = "--format=%(trailers:key=Braid-Subtask,valueonly,separator=%x2C)";
  const accepted = repo.git("log", trailers, "main").split("\n");
  deepEqual(accepted.filter((id) => id !== "").toSorted(), SUBTASKS.toSorted(), "I2: each accept is there once");
  equal(repo.git("status", "--porcelain"), " M README.md", "files, index and branch agree");
  equal(
    repo.git("rev-list", "--count", "main"),
    `${SUBTASKS.length + 1}`,
    "I3: the branch holds what was accepted, and nothing else",
  );
  equal(repo.git("worktree", "list").split("\n").length, 1, "I4: no worktree is left");
  equal(repo.git("for-each-ref", "refs/braid/turns"), "", "I4: no record of a turn is kept for ever");
  deepEqual(locksIn(repo), [], "I4: no lock is left");
  const ends = events.flatMap(({ event }) => (event.type === "subtask.finished" ? [event.subtask] : []));
  deepEqual(ends.toSorted(), SUBTASKS.toSorted(), "I5: each subtask is finished once");
  for (const { event } of events)
    ok(!("failure" in event) || CUT_SHORT.has(event.failure.code), `I5: nothing failed: ${JSON.stringify(event)}`);
  const state = foldAll(events);
  equal(state.synthesis.kind, "done", "what all of it comes to is said");
  // What the log says was used is what was paid for: no turn is missing, none counts twice.
  const logged = events.flatMap(({ event }) => (event.type === "turn.completed" ? [loggedTurn(event)] : []));
  deepEqual(logged.toSorted(), [...paid].toSorted(), "I7: each turn counts once");
  // The server refuses a history the API would refuse.
  ok(
    server.requests.every(({ rule }) => rule !== undefined),
    "I8: every history that was sent is valid",
  );
  return { tree: repo.git("rev-parse", "main^{tree}"), events: events.length, answers: paid.size };
}

const CUT_SHORT: ReadonlySet<string> = new Set(["run.interrupted"]);

function locksIn(repo: TempRepo): readonly string[] {
  return readdirSync(join(repo.dir, ".git"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".lock"),
  );
}

/** An answer of the model by who got it: `worker one 2`, `planner  1`. */
function turnOf({ role, subtask, turn }: Facts): string {
  const who = ["planner", "reviewer", "synthesizer"].includes(role) ? role : "worker";
  return `${who} ${subtask} ${turn}`;
}

function loggedTurn(event: Extract<RunEvent, { type: "turn.completed" }>): string {
  const { subtask, by = subtask === null ? "planner" : "worker", turn } = event;
  return `${by} ${subtask ?? ""} ${turn}`;
}

/** The answers that are on disk, in the log or in the records of the agents: none of them may be asked for again. */
function answersIn(repo: TempRepo): ReadonlySet<string> {
  const logged = eventsIn(repo).flatMap(({ event }) => (event.type === "turn.completed" ? [loggedTurn(event)] : []));
  const recorded = runsIn(repo).flatMap((run) => {
    const dir = join(journalFolder(repo), run, "turns");
    return (existsSync(dir) ? readdirSync(dir) : []).flatMap((file) => repliesIn(dir, file));
  });
  return new Set([...logged, ...recorded]);
}

function repliesIn(dir: string, file: string): readonly string[] {
  const [, position, review] = /^(\d+)-\d+(-review-\d+)?\.jsonl$/u.exec(file) ?? [];
  const subtask = position === undefined ? "" : (SUBTASKS[Number(position) - 1] ?? "");
  const whole = position === undefined ? file.replace("synthesis", "synthesizer").replace(".jsonl", "") : "worker";
  const who = review === undefined ? whole : "reviewer";
  let count = 0;
  return readWhole(join(dir, file)).flatMap((line) => {
    if (!line.includes('"kind":"reply"')) return [];
    count += 1;
    return [`${who} ${subtask} ${count}`];
  });
}

/** The lines that are whole; a file that is gone by now has none. */
function readWhole(path: string): readonly string[] {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  return text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
}

function eventsIn(repo: TempRepo) {
  // One that was killed before its first event has a folder, too.
  const paths = runsIn(repo).map((run) => join(journalFolder(repo), run, "journal.jsonl"));
  return paths.flatMap((path) => (existsSync(path) ? readLines(readFileSync(path)).events : []));
}

function runsIn(repo: TempRepo): readonly string[] {
  return existsSync(journalFolder(repo)) ? readdirSync(journalFolder(repo)) : [];
}

/** A run that was killed before its first event never began. */
function hasRun(repo: TempRepo): boolean {
  return eventsIn(repo).length > 0;
}

function journalFolder(repo: TempRepo): string {
  return join(repo.dir, ".git/braid/runs");
}
