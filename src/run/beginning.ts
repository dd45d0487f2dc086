import type { RunEvent, RunOptions } from "../core/state/events";
import { readHead, type Repository } from "../git/repository";
import type { ImageBlock } from "../model/model";
import { storeImages } from "./attempt/images";
import { readMentions } from "./attempt/mentions";
import { goalText } from "./planning/planning";
import type { RunPorts } from "./ports";
import { loadUserRoles, type UserRoles } from "./attempt/user-roles";

/** What a run is started with. */
export interface RunStart extends RunOptions {
  /** Images the user hands over with the goal. */
  readonly attached?: readonly ImageBlock[];
}

/**
 * Everything that is looked at before a run exists; `created` is its first event, for the id it gets, and keeps the images in
 * the run's folder. Throws `goal.empty`, and what HEAD throws.
 */
export async function beginRun(
  ports: RunPorts,
  goal: string,
  { attached = [], ...options }: RunStart,
): Promise<{ readonly userRoles: UserRoles; created(run: string): Promise<RunEvent> }> {
  const text = goalText(goal);
  const head = await readHead(ports.repo);
  return {
    userRoles: await loadUserRoles(ports.repo, head.commit),
    async created(run) {
      const images = await storeImages(ports.repo, run, attached);
      return {
        type: "run.created",
        run,
        goal: text,
        target: head.target,
        base: head.commit,
        options: images.length === 0 ? options : { ...options, images },
      };
    },
  };
}

/** Refuses a goal that is empty or names what is not there, before anything is spent on it. Throws `goal.*`. */
export async function checkGoal(repo: Repository, goal: string, images: readonly ImageBlock[] = []): Promise<void> {
  const text = goalText(goal);
  await readMentions(repo, text, { commit: (await readHead(repo)).commit, images, strict: true });
}
