import assert from "node:assert/strict";
import { readDemoScenario } from "../../src/demo/media";
import { parseScenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { cli, endLeftovers, type CliEvent, type CliOutcome } from "./cli";
import { tempFolder, tempRepo, type TempRepo } from "./temp-repo";

/** What the command line's tests work with; repository anew for each test, server and home for all of them. */
export interface CliFixture {
  readonly server: DemoServer;
  readonly home: { readonly dir: string };
  readonly repo: TempRepo;
  readonly env: Readonly<Record<string, string>>;
  /** Runs the command line in the repository, against the server. */
  braid(...args: readonly string[]): Promise<CliOutcome>;
  /** Plays another scenario, given as YAML, until the test ends. */
  play(scenario: string): Promise<void>;
}

/** Sets the fixture up around the tests of the `describe` it is called in. */
export function useCli(): CliFixture {
  let usual: DemoServer;
  let other: DemoServer | undefined;
  let home: ReturnType<typeof tempFolder>;
  let repo: TempRepo;
  before(async () => {
    home = tempFolder();
    usual = await startDemoServer(await readDemoScenario("any-plan.yml"), { speed: 0 });
  });
  after(async () => {
    await usual.dispose();
    home.dispose();
  });
  beforeEach(() => {
    repo = tempRepo({ "README.md": "# x\n" });
  });
  afterEach(async () => {
    await endLeftovers();
    await other?.dispose();
    other = undefined;
    repo.dispose();
  });
  const fixture: CliFixture = {
    get server() {
      return other ?? usual;
    },
    get home() {
      return home;
    },
    get repo() {
      return repo;
    },
    get env() {
      return { ANTHROPIC_BASE_URL: fixture.server.url, HOME: home.dir };
    },
    braid: (...args) => cli(args, { cwd: repo.dir, env: fixture.env }),
    async play(scenario) {
      await other?.dispose();
      other = await startDemoServer(parseScenario(scenario, "test.yml"), { speed: 0 });
    },
  };
  return fixture;
}

/** A plan with one subtask. */
export const ONE = "task: One file\nsubtasks:\n  - id: one\n    description: Write a note\n";

/** A scenario in which every worker overwrites `path` and then ends its turn. */
export function writes(path: string, text: string): string {
  const input = JSON.stringify({ file_path: path, content: text });
  return `rules:\n  - when: { turn: 1 }\n    reply: [{ tool: write, input: ${input} }]\n`;
}

/** A plan of independent subtasks. */
export function wide(count: number): string {
  const subtasks = Array.from(
    { length: count },
    (_, i) => `  - id: part-${i + 1}\n    description: "Part ${i + 1}"\n    files: ["notes/part-${i + 1}.md"]\n`,
  );
  return `task: Write a note about every part\nsubtasks:\n${subtasks.join("")}`;
}

/** Fails with everything that was printed unless the command ended with `code`. */
export function ran(outcome: CliOutcome, code: number): void {
  assert.equal(outcome.code, code, `exit ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`);
}

/** The most subtasks that were between start and end at the same moment. */
export function mostAtOnce(events: readonly CliEvent[]): number {
  let now = 0;
  let most = 0;
  for (const event of events) {
    if (event.type === "subtask.started") now += 1;
    if (event.type === "subtask.finished" || event.type === "subtask.failed") now -= 1;
    most = Math.max(most, now);
  }
  return most;
}
