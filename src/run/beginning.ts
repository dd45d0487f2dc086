import type { RunEvent, RunOptions } from "../core/state/events";
import { keptText } from "../core/plan/plan-now";
import type { WrittenPlan } from "../core/plan/plan-edit-text";
import { readHead, type Head, type Repository } from "../git/repository";
import type { ImageBlock } from "../model/model";
import { storeImages } from "./attempt/images";
import { readMentions } from "./attempt/mentions";
import { goalText } from "./planning/planning";
import type { RunPorts } from "./ports";
import { readAhead } from "./set-up/read-ahead";
import { loadUserRoles, type UserRoles } from "./attempt/user-roles";
import { sealRun } from "./steering/own-seal";

/** What a run is started with. */
export interface RunStart extends RunOptions {
  /** Images the user hands over with the goal. */
  readonly attached?: readonly ImageBlock[];
  /** A plan somebody wrote, with its words; without one the planner makes it. */
  readonly written?: WrittenPlan;
  /** HEAD as it was looked at for that plan; else as it is. */
  readonly head?: Head;
}

/**
 * Everything that is looked at before a run exists; `first` are its first events, for the id it gets, and keeps the images in
 * the run's folder. A plan that was given is one of them: a run that begins with it never is without. Throws `goal.empty`, and what HEAD throws.
 */
export async function beginRun(
  ports: RunPorts,
  goal: string,
  { attached = [], written, head: seen, ...options }: RunStart,
): Promise<{ readonly userRoles: UserRoles; first(run: string): Promise<readonly RunEvent[]> }> {
  const text = goalText(goal);
  const head = seen ?? (await readHead(ports.repo));
  return {
    userRoles: await loadUserRoles(ports.repo, head.commit),
    async first(run) {
      await sealRun(ports.repo, run);
      const images = await storeImages(ports.repo, run, attached);
      void readAhead(ports, head.commit);
      const created: RunEvent = {
        type: "run.created",
        run,
        goal: text,
        target: head.target,
        base: head.commit,
        options: images.length === 0 ? options : { ...options, images },
      };
      if (written === undefined) return [created];
      return [created, { type: "plan.proposed", plan: written.plan, by: "file", ...keptText(written.text) }];
    },
  };
}

/** Refuses a goal that is empty or names what is not there, before anything is spent on it. Throws `goal.*`. */
export async function checkGoal(repo: Repository, goal: string, images: readonly ImageBlock[] = []): Promise<void> {
  const text = goalText(goal);
  await readMentions(repo, text, { commit: (await readHead(repo)).commit, images, strict: true });
}
