import { equal, match, ok, rejects } from "node:assert/strict";
import { BraidError, type FailureCode } from "../../src/core/failure";
import type { z } from "zod";
import { Plan } from "../../src/core/plan/plan";
import type { MergedReview } from "../../src/core/review/review";
import { subtaskState } from "../../src/core/state/state";
import { readReview } from "../../src/run/accept/read-review";
import type { RunPorts } from "../../src/run/ports";
import { Run } from "../../src/run/run";
import { fileWriter, portsFor, type Writes } from "./scripted-worker";
import { tempFolder, tempRepo, type TempRepo } from "./temp-repo";

/** A run whose workers have written their files, in a repository of its own, ready for decisions. */
export interface ReviewRun {
  readonly repo: TempRepo;
  readonly run: Run;
  review(id: string): Promise<MergedReview>;
  /** Where a subtask's decision stands. */
  decision(id: string): string | undefined;
  /** Expects a refusal with this code and words, and a branch that did not move. */
  refused(code: FailureCode, act: () => Promise<unknown>, words: RegExp): Promise<void>;
  /** Closes the run and opens it again, as another process would. */
  reopen(ports?: Partial<RunPorts>): Promise<Run>;
}

/** Sets a {@link ReviewRun} up around the tests of the `describe` it is called in. */
export function useReviewRun(given: {
  readonly files: Readonly<Record<string, string>>;
  readonly plan: z.input<typeof Plan> | Omit<z.input<typeof Plan>, "task">;
  readonly writes: Writes;
  /** Called before the run starts. */
  readonly prepare?: (repo: TempRepo) => void;
  /** What a front end adds to the ports. */
  readonly ports?: Partial<RunPorts>;
  /** One for all the tests; each then leaves it as it was. */
  readonly shared?: true;
}): ReviewRun {
  let repo: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  let run: Run;
  const ports = async () => ({ ...(await portsFor(repo.dir, trees.dir, fileWriter(given.writes))), ...given.ports });
  const [begin, end] = given.shared === true ? [before, after] : [beforeEach, afterEach];
  begin(async () => {
    repo = tempRepo(given.files);
    trees = tempFolder();
    given.prepare?.(repo);
    run = await Run.create(await ports(), "g", { concurrency: 4, attempts: 1 });
    await run.approve(Plan.parse({ task: "t", ...given.plan }));
    await run.idle();
  });
  end(async () => {
    await run.close();
    repo.dispose();
    trees.dispose();
  });
  return {
    get repo() {
      return repo;
    },
    get run() {
      return run;
    },
    review: (id) => readReview(run.ports.repo, run.state(), id),
    decision: (id) => subtaskState(run.state(), id)?.decision.kind,
    async refused(code, act, words) {
      const head = repo.git("rev-parse", "main");
      await rejects(act, (error: unknown) => {
        ok(error instanceof BraidError, String(error));
        equal(error.failure.code, code, error.failure.message);
        match(`${error.failure.message} ${error.failure.hint ?? ""} ${error.failure.detail ?? ""}`, words);
        return true;
      });
      equal(repo.git("rev-parse", "main"), head);
    },
    async reopen(more = {}) {
      const { id } = run;
      await run.close();
      run = await Run.open({ ...(await ports()), ...more }, id);
      return run;
    },
  };
}
