import type { Amendment } from "../core/amendment";
import type { AmendmentCommand } from "../core/decide-amendment";
import { BraidError } from "../core/failure";
import type { RunState } from "../core/state";

/** What people ask about the plan of a run that is under way. Each throws why it is refused. */
export interface Amendments {
  /** Asks the planner to look at the plan again; `note` is the user's. How it went is in the state. */
  ask(note?: string): Promise<void>;
  /** Puts one the user wrote on the table. */
  propose(amendment: Amendment): Promise<void>;
  /** Amends the plan as number `number` says. */
  approve(number: number): Promise<void>;
  decline(number: number, reason: string): Promise<void>;
  /** Approves what waits where the run's options say so; one that no longer fits the run waits on for the user. */
  applyBySetting(): Promise<void>;
}

/** The run as its amendments need it. */
export interface AmendableRun {
  state(): RunState;
  /** Names of users' own roles. */
  readonly knownRoles: readonly string[];
  /** Carries a command out, after those before it, and starts what can start then. */
  decide(command: AmendmentCommand): Promise<void>;
}

/** The amendments of a run; `answer` lets the planner answer what it has been asked. */
export function runAmendments(run: AmendableRun, answer: () => Promise<void>): Amendments {
  const approve = (number: number, by: "user" | "setting") =>
    run.decide({ type: "approve-amendment", number, by, knownRoles: run.knownRoles });
  const applyBySetting = async (): Promise<void> => {
    const { options, amendments } = run.state();
    if (options.amendments !== "apply" || amendments.open === null) return;
    try {
      await approve(amendments.open.number, "setting");
    } catch (error) {
      if (!(error instanceof BraidError) || error.failure.code !== "run.state") throw error;
    }
  };
  return {
    async ask(note) {
      await run.decide({ type: "ask-amendment", note });
      await answer();
    },
    async propose(amendment) {
      await run.decide({ type: "propose-amendment", amendment, knownRoles: run.knownRoles });
      await applyBySetting();
    },
    approve: (number) => approve(number, "user"),
    decline: (number, reason) => run.decide({ type: "decline-amendment", number, reason }),
    applyBySetting,
  };
}
