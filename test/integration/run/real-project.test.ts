import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setUpWorktree } from "../../../src/run/set-up/set-up";
import { planSetup } from "../../../src/run/set-up/setup-plan";
import { openWorkPlace, type FreshPlace } from "../../../src/run/attempt/work-place";
import { npmProject, type NpmProject } from "../../support/npm-project";
import { portsFor } from "../../support/run-ports";
import { tempFolder } from "../../support/temp-repo";

/** A small package that ships its tests and has a dev dependency to run them. */
const PACKAGE = "deep-is@0.1.4";

describe("a real project in a worker's worktree", function () {
  this.timeout(300_000);
  let project: NpmProject | undefined;
  let trees: ReturnType<typeof tempFolder>;
  before(function () {
    project = npmProject(PACKAGE);
    if (project === undefined) {
      process.stdout.write(`  skipped: the npm registry cannot be reached, so ${PACKAGE} cannot be installed\n`);
      this.skip();
    }
    trees = tempFolder();
  });
  after(() => {
    project?.dispose();
    trees?.dispose();
  });

  it("runs its own test command, offline, right after set-up, and a break in it is seen", async () => {
    assert.ok(project !== undefined);
    const { repo } = project;
    const { signal } = new AbortController();
    const ports = await portsFor(repo.dir, trees.dir);
    const commit = repo.git("rev-parse", "HEAD");
    const plan = await planSetup(ports, commit);
    const setUp = async (fresh: FreshPlace) => void (await setUpWorktree(ports, plan, fresh, signal));
    const place = await openWorkPlace(ports, { name: "w", commit, writable: true, setUp, signal });
    const run = async (command: string) => {
      const outcome = await place.shell.run(command, { timeoutMs: 120_000, signal });
      assert.ok(outcome.kind === "exited");
      return outcome;
    };
    const green = await run("npm test");
    assert.equal(green.exitCode, 0, green.output);
    assert.match(green.output, /# pass {2}14/u);
    assert.equal(await place.changed(), false);
    assert.equal((await run("echo 'module.exports = () => true' > index.js; npm test")).exitCode, 1);
    await place.close();
    assert.ok(existsSync(join(repo.dir, "node_modules/tape")));
  });
});
