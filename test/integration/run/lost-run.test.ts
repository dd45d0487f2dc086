import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Plan } from "../../../src/core/plan/plan";
import { subtaskState } from "../../../src/core/state/state";
import type { Model } from "../../../src/model/model";
import { ownerLock } from "../../../src/run/log/ownership";
import { Run } from "../../../src/run/run";
import { fileWriter, portsFor } from "../../support/scripted-worker";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

const AN_HOUR_MS = 3_600_000;
/** Nobody who is about to write takes this long. */
const STILL_MS = 300;

describe("F31 an owner that slept while its run was taken over, and wakes", function () {
  this.timeout(60_000);
  let repo: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  let slept: Run;
  let owner: Run;
  let wake: () => void;
  let goOn: () => void;
  beforeEach(async () => {
    repo = tempRepo({ "README.md": "# x\n" });
    trees = tempFolder();
    const first = gated();
    slept = await Run.create(await portsFor(repo.dir, trees.dir, first.model), "g", { concurrency: 1, attempts: 1 });
    await slept.approve(Plan.parse({ task: "t", subtasks: [{ id: "done" }, { id: "slow" }] }));
    await first.waits;
    const longAgo = new Date(Date.now() - AN_HOUR_MS);
    utimesSync(ownerLock(slept.ports.repo, slept.id), longAgo, longAgo);
    const second = gated();
    const ports = await portsFor(repo.dir, trees.dir, second.model);
    owner = await Run.open(ports, slept.id, undefined, { takeOver: true });
    const looked = new Promise<void>((resolve) =>
      owner.onDidRecord(({ event }) => (event.type === "tree.compared" ? resolve() : undefined)),
    );
    await owner.retry("slow");
    await Promise.all([second.waits, looked]);
    // Its model is asked before its worktree is there.
    while (!existsSync(join(trees.dir, `${owner.id}-2-1`, "tree", "slow.txt"))) await sleep(20);
    await standsStill();
    [wake, goOn] = [first.open, second.open];
  });
  afterEach(async () => {
    await Promise.all([slept.close(), owner.close()]);
    repo.dispose();
    trees.dispose();
  });

  /** A model whose worker `slow` writes its file at once and then gets no answer until the gate opens. */
  function gated() {
    const writer = fileWriter({ done: { "done.txt": "d\n" }, slow: { "slow.txt": "s\n" } });
    let asked = (): void => undefined;
    let open = (): void => undefined;
    const waits = new Promise<void>((resolve) => (asked = resolve));
    const gate = new Promise<void>((resolve) => (open = resolve));
    const model: Model = {
      async respond(request, options) {
        if (request.messages.length > 1 && JSON.stringify(request.messages[0]).includes("Subtask: slow")) {
          asked();
          await gate;
        }
        return writer.respond(request, options);
      },
    };
    return { model, waits, open };
  }

  /** All that is kept of the run, and what stands in its worktrees. */
  function all(): readonly string[] {
    const braid = join(repo.dir, ".git/braid/runs", owner.id);
    const files = readdirSync(braid, { recursive: true, encoding: "utf8", withFileTypes: true });
    return [
      ...files
        .filter((file) => file.isFile() && !file.name.endsWith(".copy"))
        .map((file) => `${file.name}: ${readFileSync(join(file.parentPath, file.name), "utf8")}`)
        .toSorted(),
      repo.git("for-each-ref"),
      ...readdirSync(trees.dir, { recursive: true, encoding: "utf8" }).toSorted(),
    ];
  }

  /** What the new owner writes by itself is written. */
  async function standsStill(): Promise<void> {
    for (let before = ""; ; await sleep(STILL_MS)) {
      const now = all().join("\n");
      if (now === before) return;
      before = now;
    }
  }

  it("writes nothing, touches nothing of what the new owner works with, and is told", async () => {
    const before = all();
    wake();
    await rejects(slept.idle(), /was taken over by another process/u);
    deepEqual(all(), before);
    ok(existsSync(join(trees.dir, `${owner.id}-2-1`, "tree", "slow.txt")), "the new owner's worktree is there");
    goOn();
    await owner.idle();
    const { status, attempt, turns } = subtaskState(owner.state(), "slow") ?? {};
    deepEqual([status, attempt, turns], ["finished", 1, 2]);
  });

  it("moves no branch: what it accepts is refused before anything happens", async () => {
    const head = repo.git("rev-parse", "main");
    await rejects(slept.accept("done"), /was taken over by another process/u);
    equal(repo.git("rev-parse", "main"), head);
    equal(repo.git("status", "--porcelain"), "");
    await owner.accept("done");
    equal(repo.git("show", "main:done.txt"), "d");
    wake();
    await rejects(slept.idle(), /was taken over/u);
    goOn();
    await owner.idle();
  });
});
