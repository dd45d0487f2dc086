import { worktreePool, type WorktreePool } from "./attempt/worktree-pool";
import { beforeWork, type BeforeWork } from "./set-up/before-work";
import { setupOnce, type SetupOnce } from "./set-up/setup-plan";
import { inTurn } from "../util/in-turn";
import { compareTree, type Look, type TreeHost } from "./tree-proof";

/** What the workers of a run have in common. */
export interface Ground {
  /** What every worktree gets; the user's work tree is looked at once, before the first worker's first tool. */
  readonly setup: SetupOnce;
  readonly before: BeforeWork;
  /** Looks at the user's tree, one look after the other: each goes by what the last one saw. */
  readonly look: Look;
  readonly pool: WorktreePool;
}

/** Makes it for a run; nothing is looked at yet. */
export function openGround(run: TreeHost): Ground {
  const setup = setupOnce(run.ports, () => run.state().base);
  const turn = inTurn();
  const look: Look = (moment, state = () => run.state()) => turn(() => compareTree({ ...hostOf(run), state }, moment));
  return { setup, before: beforeWork({ ...hostOf(run), setup, look }), look, pool: worktreePool(run.ports) };
}

function hostOf(run: TreeHost): TreeHost {
  return { ports: run.ports, state: () => run.state(), record: (event) => run.record(event) };
}
