/*
 * How long a worktree of a real npm package takes until its tests can run, against `npm ci` from a warm cache, offline: one ratio
 * per run, medians of a few; and whether the package's own tests pass there, without a network, right after it. `node esbuild.mjs --tests && node dist/test/bench/setup.main.mjs [PACKAGE@VERSION ["TEST COMMAND"]]`. Needs the registry.
 */
import { setUpWorktree } from "../../src/run/set-up/set-up";
import { planSetup } from "../../src/run/set-up/setup-plan";
import { openWorkPlace } from "../../src/run/attempt/work-place";
import { npmProject, timeNpmCi } from "../support/npm-project";
import { portsFor } from "../support/run-ports";
import { tempFolder } from "../support/temp-repo";

const ROUNDS = 3;
const TEST_TIMEOUT_MS = 300_000;
const spec = process.argv[2] ?? "minimist@1.2.8";

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const say = (line: string) => void process.stdout.write(`${line}\n`);

const project = npmProject(spec);
if (project === undefined) say("The npm registry cannot be reached; nothing was measured.");
else {
  const trees = tempFolder();
  try {
    const { repo } = project;
    const ports = await portsFor(repo.dir, trees.dir);
    const commit = repo.git("rev-parse", "HEAD");
    const plan = await planSetup(ports, commit);
    const { signal } = new AbortController();
    const one = async (name: string, test?: string): Promise<number> => {
      const started = performance.now();
      const place = await openWorkPlace(ports, {
        name,
        commit,
        writable: true,
        setUp: async (fresh) => void (await setUpWorktree(ports, plan, fresh, signal)),
        signal,
      });
      await place.workspace.ready();
      const took = performance.now() - started;
      if (test !== undefined) {
        const outcome = await place.shell.run(test, { timeoutMs: TEST_TIMEOUT_MS, signal });
        if (outcome.kind !== "exited" || outcome.exitCode !== 0) throw new Error(JSON.stringify(outcome));
        say(`\`${test}\` passes in the worktree, in ${(outcome.durationMs / 1000).toFixed(2)} s`);
      }
      await place.close();
      return took;
    };
    await one("test", process.argv[3] ?? "npm test");
    const [worktrees, installs, four]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      worktrees.push(await one(`w${round}`));
      installs.push(timeNpmCi(repo.dir));
      const started = performance.now();
      await Promise.all([0, 1, 2, 3].map((i) => one(`f${round}-${i}`)));
      four.push(performance.now() - started);
    }
    const [worktree, install, together] = [median(worktrees), median(installs), median(four)];
    say(
      `${spec}: ${repo.git("ls-files").split("\n").length} tracked files, dependencies ${plan.folders.map((f) => f.path).join(", ")}`,
    );
    say(
      `worktree with set-up ${(worktree / 1000).toFixed(2)} s, npm ci ${(install / 1000).toFixed(2)} s: ${(install / worktree).toFixed(1)} times as fast`,
    );
    say(`four worktrees side by side ${(together / 1000).toFixed(2)} s, ${(together / worktree).toFixed(1)} times one`);
  } finally {
    trees.dispose();
    project.dispose();
  }
}
