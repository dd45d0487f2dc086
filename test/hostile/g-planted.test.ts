import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDemoScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { Plan } from "../../src/core/plan/plan";
import { Run } from "../../src/run/run";
import { answering } from "../support/answering";
import { cli } from "../support/cli";
import { obedient } from "../support/obedient-model";
import { portsFor } from "../support/run-ports";
import { TEST_SIZE } from "../support/size";
import { tempFolder } from "../support/temp-repo";
import { sprung } from "../support/hostile-git";
import { hostileWorld, type HostileWorld } from "../support/hostile-run";

const PLAN = "task: One\nsubtasks: [{ id: one, description: d }]\n";

/** An archive brings a git directory along, and in it whatever Braid would have kept there. */
describe("words that came with an archive (G03)", function () {
  this.timeout(120_000);
  let world: HostileWorld;
  let server: DemoServer;
  before(async () => {
    server = await startDemoServer(await readDemoScenario("any-plan.yml"), { speed: 0 });
  });
  after(() => server.dispose());
  beforeEach(async () => {
    world = await hostileWorld({
      ".cursor/worktrees.json": JSON.stringify({ "setup-worktree": ["touch set-up-ran"] }),
    });
    mkdirSync(join(world.home, ".cache"));
    writeFileSync(join(world.home, ".cache/p.yml"), PLAN);
  });
  afterEach(() => world.dispose());
  /** Another home is another user: whoever made the archive. */
  const braid = (who: "victim" | "attacker", ...args: readonly string[]) => {
    const home = who === "victim" ? world.home : join(world.dir, "attacker");
    mkdirSync(home, { recursive: true });
    const env = { ...world.env, HOME: home, ANTHROPIC_BASE_URL: server.url };
    return cli(args, { cwd: world.repo.dir, env });
  };
  const run = (who: "victim" | "attacker", ...more: readonly string[]) =>
    braid(who, "run", join(world.home, ".cache/p.yml"), "--yes", "--json", ...more);
  const list = () => join(world.repo.dir, ".git/braid/approvals.json");
  type Events = readonly { readonly type: string; readonly [key: string]: unknown }[];
  const asked = (events: Events) => events.filter((event) => event.type === "approval.requested");
  /** Whether set-up commands ran in a worktree. */
  const ranSetUp = (events: Events) =>
    events.some(
      (event) =>
        event.type === "setup.completed" && /"kind":"command","name":"[^"]*","outcome":"done"/u.test(stepsOf(event)),
    );
  const stepsOf = (event: Events[number]) =>
    JSON.stringify(
      (event["steps"] as readonly Readonly<Record<string, unknown>>[]).map(({ kind, name, outcome }) => ({
        kind,
        name,
        outcome,
      })),
    );
  const plant = (request: Events[number], seal?: string) => {
    const entry = { commands: request["commands"], at: 1, ...(seal === undefined ? {} : { seal }) };
    writeFileSync(list(), JSON.stringify({ version: 1, approved: { [String(request["key"])]: entry } }));
  };

  it("G03 a list of what was allowed allows nothing that this user did not", async () => {
    const first = await run("attacker", "--allow-setup");
    const [request] = asked(first.events);
    assert.ok(request !== undefined && ranSetUp(first.events), first.stdout);
    for (const seal of TEST_SIZE === "normal" ? [undefined] : [undefined, "", "0".repeat(64)]) {
      plant(request, seal);
      const outcome = await run("victim");
      assert.equal(ranSetUp(outcome.events), false, "the list was believed");
    }
  });

  it("G03 a hook that comes with its own approval does not run at an accept", async () => {
    const hook = join(world.repo.dir, ".git/hooks/pre-commit");
    mkdirSync(join(hook, ".."), { recursive: true });
    writeFileSync(hook, world.fill("#!/bin/sh\ntouch CANARY/hook\n"));
    chmodSync(hook, 0o755);
    const canaries = join(world.dir, "canaries");
    // Whoever made the archive has allowed it, which tells what to plant.
    const theirs = await run("attacker", "--accept", "all", "--allow-hooks");
    const [request] = asked(theirs.events).filter((event) => event["about"] === "hooks");
    assert.ok(request !== undefined && sprung(canaries).length > 0, theirs.stdout + theirs.stderr);
    rmSync(join(canaries, "hook"));
    plant(request);
    await run("victim", "--accept", "all");
    assert.deepEqual(sprung(canaries), []);
  });

  it("G03 a run that comes with its answers asks this user again", async () => {
    const trees = tempFolder();
    const own = process.env["XDG_STATE_HOME"];
    const as = (who: string) => (process.env["XDG_STATE_HOME"] = join(world.dir, who));
    const setUps: boolean[] = [];
    const watch = (run: Run) =>
      run.onDidRecord(({ event }) => {
        if (event.type === "setup.completed")
          setUps.push(event.steps.some(({ kind, outcome }) => kind === "command" && outcome === "done"));
      });
    try {
      as("attacker");
      const ports = await portsFor(world.repo.dir, trees.dir, { model: obedient });
      const theirs = await Run.create({ ...ports, canApprove: () => true }, "g", { concurrency: 1, attempts: 1 });
      watch(theirs);
      answering(theirs, "run");
      await theirs.approve(Plan.parse({ task: "t", subtasks: [{ id: "one", description: "[[touch a]]" }] }));
      await theirs.idle();
      await theirs.close();
      // Its own maker goes on with it unasked; whoever unpacks the archive does not.
      for (const who of ["attacker", "victim"]) {
        as(who);
        const run = await Run.open(ports, theirs.id, watch);
        await run.retry("one");
        await run.idle();
        await run.close();
      }
      assert.deepEqual(setUps, [true, true, false]);
    } finally {
      if (own === undefined) delete process.env["XDG_STATE_HOME"];
      else process.env["XDG_STATE_HOME"] = own;
      trees.dispose();
    }
  });
});
