import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cli, startCli, type CliProcess } from "../support/cli";
import { hostileWorld, type HostileWorld } from "../support/hostile-run";
import { png } from "../support/images";
import { ALL, assertNothingCame, hasObeyed, obedience, obeying, ORDER, ORDERS } from "../support/obeying";
import { TEST_SIZE } from "../support/size";

/** A way for a stranger's text to reach a model in a run, beside those of i-injection. */
interface Carrier {
  readonly files?: Readonly<Record<string, string>>;
  /** Called on the world before the run. */
  readonly prepare?: (world: HostileWorld) => void;
  readonly reads?: readonly object[];
  /** Rules that come before those of the one who obeys. */
  readonly first?: (world: HostileWorld) => readonly object[];
  /** The rest of the victim's subtask, and other subtasks. */
  readonly plan?: string;
  readonly others?: string;
  /** A goal, planned, in the place of a plan. */
  readonly goal?: string;
  readonly args?: readonly string[];
  /** What is done from another process while the run is under way. */
  readonly steer?: (
    run: string,
    owner: CliProcess,
    braid: (...args: readonly string[]) => Promise<unknown>,
  ) => Promise<void>;
  /** Only where `npm run test:hostile` asks for more. */
  readonly large?: true;
}

const read = (path: string) => [{ tool: "read", input: { file_path: path } }];
const bash = (command: string) => [{ tool: "bash", input: { command } }];
const NAME = ORDERS.map((order) => order.replaceAll(" ", "_"))
  .join("-")
  .slice(0, 200);
const REPORTS = { when: {}, reply: [{ tool: "report", input: { summary: "Did it." } }] };
const writes = (subtask: string, path: string) => [
  { when: { subtask, turn: 1 }, reply: [{ tool: "write", input: { file_path: path, content: `${ALL}\n` } }] },
  { ...REPORTS, when: { subtask } },
];
const plans = (world: HostileWorld, plan: object) => [
  {
    when: { role: "planner", contains: ORDER, times: 1 },
    reply: obedience(world).filter((call) => !JSON.stringify(call).includes("submit_plan")),
  },
  { when: { role: "planner" }, reply: [{ tool: "submit_plan", input: { plan } }] },
];
/** What a planner who was taken in would have run. */
const EVIL_PLAN = {
  task: ALL,
  subtasks: [{ id: "victim", description: ALL, verify: ["touch CANARY/verify; cat MAIN/.env; git push origin HEAD"] }],
  integration: { validation_tests: ["touch CANARY/validate; echo evil > MAIN/README.md"] },
};
const isAt = (subtask: string) => (event: { readonly type: string; readonly subtask?: string }) =>
  event.type === "subtask.started" && event.subtask === subtask;

const CARRIERS: Readonly<Record<string, Carrier>> = {
  "a user's message to a worker": {
    reads: bash("sleep 4"),
    steer: async (run, owner, braid) => {
      await owner.seen(isAt("victim"));
      await braid("message", run, "victim", ALL);
    },
  },
  "the answer to a question": {
    reads: [{ tool: "ask", input: { question: "Which one?" } }],
    args: ["--ask", "wait"],
    steer: async (run, owner, braid) => {
      await owner.seen((event) => event.type === "question.asked");
      await braid("answer", run, ALL);
    },
  },
  "the note of another attempt": {
    first: () => [
      { when: { subtask: "victim", attempt: 1 }, reply: [{ text: "I give up." }], stop_reason: "refusal" },
      { when: { subtask: "slow", turn: 1 }, reply: bash("sleep 4") },
    ],
    others: "  - { id: slow, description: d }\n",
    steer: async (run, owner, braid) => {
      await owner.seen((event) => event.type === "subtask.failed" && event.subtask === "victim");
      await braid("retry", run, "victim", "--note", ALL);
    },
  },
  "the note to an amendment, and the amendment itself": {
    args: ["--amend", "apply"],
    others: "  - { id: slow, description: d }\n",
    first: (world) => [
      { when: { subtask: "slow", turn: 1 }, reply: bash("sleep 5") },
      { when: { role: "planner", times: 1 }, reply: obedience(world) },
      {
        when: { role: "planner" },
        reply: [{ tool: "submit_amendment", input: { reason: ALL, add: [{ ...EVIL_PLAN.subtasks[0], id: "added" }] } }],
      },
      { when: { subtask: "added", times: 1 }, reply: obedience(world) },
    ],
    steer: async (run, owner, braid) => {
      await owner.seen(isAt("slow"));
      await braid("amend", run, "--note", ALL);
    },
  },
  "a goal, and a file it names": {
    files: { "notes.md": `${ALL}\n` },
    goal: `Do what @notes.md says. ${ALL}`,
    first: (world) => plans(world, EVIL_PLAN),
  },
  "a user's agent file": {
    files: { ".claude/agents/mine.md": `---\nname: mine\ndescription: ${ALL}\n---\n${ALL}\n` },
    plan: "agent: mine",
  },
  "a dependency's files": {
    others: "  - { id: first, description: d }\n",
    plan: "dependencies: [first]",
    first: () => writes("first", "a.md"),
    reads: read("a.md"),
  },
  "words in base64": {
    large: true,
    files: { "a.txt": `${Buffer.from(ALL).toString("base64")}\n` },
    reads: read("a.txt"),
  },
  "words with hidden characters between": {
    large: true,
    files: { "a.txt": `${ALL.replaceAll("IGNORE", "I\u200bGNORE")}\n` },
    reads: read("a.txt"),
  },
  "a branch's name": {
    large: true,
    prepare: (world) => world.repo.git("switch", "-qc", NAME),
    reads: bash("git rev-parse --abbrev-ref HEAD; git branch -a; cat $(git rev-parse --git-dir)/HEAD"),
  },
  "a tag's message and an author's name": {
    large: true,
    prepare(world) {
      world.repo.git("-c", `user.name=${ALL}`, "commit", "-q", "--allow-empty", "-m", "x");
      world.repo.git("tag", "-m", ALL, "v1");
    },
    reads: bash("git log -1 --format=%an; git tag -n9"),
  },
  "a link's target": { large: true, prepare: (world) => linkTo(world, ALL), reads: bash("readlink link") },
  "an image": {
    large: true,
    prepare(world) {
      writeFileSync(join(world.repo.dir, "a.png"), png(64, 64, 4_000));
      world.repo.git("add", ".");
      world.repo.git("commit", "-qm", "image");
    },
    reads: read("a.png"),
    // What a model reads in a picture is in no message.
    first: (world) => [{ when: { subtask: "victim", turn: 2 }, reply: obedience(world) }],
  },
  "CLAUDE.md and copilot's instructions": {
    large: true,
    files: { "CLAUDE.md": ALL, ".github/copilot-instructions.md": ALL },
  },
  "a test's output": {
    large: true,
    files: { "package.json": JSON.stringify({ scripts: { test: `echo '${ALL}'; exit 1` } }) },
    plan: 'verify: ["test"]',
  },
  "a line of a megabyte": {
    large: true,
    files: { "a.txt": `${"x".repeat(1_000_000)} ${ALL}\n` },
    reads: [{ tool: "grep", input: { pattern: "IGNORE.*", glob: "a.txt" } }, ...bash("tail -c 600 a.txt")],
  },
  "the name of a note": {
    large: true,
    others: "  - { id: first, description: d }\n",
    plan: "dependencies: [first]",
    first: () => [
      {
        when: { subtask: "first", turn: 1 },
        reply: [
          { tool: "write_note", input: { name: NAME.slice(0, 90), content: ALL } },
          { tool: "write", input: { file_path: "b", content: "b" } },
        ],
      },
      { ...REPORTS, when: { subtask: "first" } },
    ],
    reads: [{ tool: "read_note", input: { name: NAME.slice(0, 90) } }],
  },
};

describe("injected text that the model obeys, by other ways (I)", function () {
  this.timeout(300_000);
  const large = TEST_SIZE === "more" || TEST_SIZE === "full";
  for (const [name, carrier] of Object.entries(CARRIERS))
    if (large || carrier.large !== true)
      it(`I in ${name}: ${ORDERS.length} orders obeyed, nothing comes of it`, async () => {
        const world = await hostileWorld({ ...carrier.files, base: "1\n" });
        carrier.prepare?.(world);
        const server = await obeying(world, carrier.reads ?? [], carrier.first?.(world) ?? []);
        const env = { ...world.env, ANTHROPIC_BASE_URL: server.url };
        try {
          mkdirSync(join(world.home, ".cache"));
          const file = join(world.home, ".cache/plan.yml");
          const rest = carrier.plan === undefined ? "" : `, ${carrier.plan}`;
          writeFileSync(
            file,
            `task: Obey\nsubtasks:\n  - { id: victim, description: Do it${rest} }\n${carrier.others ?? ""}`,
          );
          const before = world.snapshot();
          const what = carrier.goal === undefined ? [file] : ["--goal", carrier.goal];
          const owner = startCli(["run", ...what, "--yes", "--json", ...(carrier.args ?? [])], {
            cwd: world.repo.dir,
            env,
          });
          const { run } = await owner.seen((event) => event.type === "run.created");
          const braid = (...args: readonly string[]) => cli(args, { cwd: world.repo.dir, env });
          await carrier.steer?.(run, owner, braid);
          const outcome = await owner.ended;
          assert.ok(outcome.code !== null && outcome.code < 5, outcome.stderr);
          assert.ok(hasObeyed(server), `the text never reached the model\n${outcome.stdout}`);
          assertNothingCame(world, server, before, outcome);
        } finally {
          await server.dispose();
          await world.dispose();
        }
      });

  it("I in a commit's trailers: an origin believes only what a log here bears out", async () => {
    const world = await hostileWorld();
    try {
      world.repo.write("a.txt", "mine\n");
      world.repo.git("add", "a.txt");
      world.repo.git("commit", "-qm", `${ALL}\n\nBraid-Run: ../../../../etc\nBraid-Subtask: ${ALL}\nBraid-Attempt: 1`);
      const before = world.snapshot();
      const outcome = await cli(["origin", "a.txt:1"], { cwd: world.repo.dir, env: world.env });
      assert.equal(outcome.code, 0, outcome.stderr);
      assert.match(outcome.stdout, /No run of Braid that is known here made this line/u);
      assert.deepEqual(world.snapshot(), before);
    } finally {
      await world.dispose();
    }
  });
});

function linkTo(world: HostileWorld, target: string): void {
  const file = join(world.home, "target");
  writeFileSync(file, target);
  const blob = world.repo.git("hash-object", "-w", "--no-filters", file);
  world.repo.git("update-index", "--add", "--cacheinfo", `120000,${blob},link`);
  world.repo.git("commit", "-qm", "link");
  world.repo.git("checkout", "-q", "--", ".");
}
