import type { Amendment } from "../../core/amendment/amendment";
import type { AmendmentCommand } from "../../core/amendment/decide-amendment";
import { BraidError } from "../../core/failure";
import type { RunState } from "../../core/state/state";
import type { InTurn } from "../../util/in-turn";
import type { BeingWritten } from "../log/being-written";

/** What people ask about the plan of a run that is under way. Each throws why it is refused. */
export interface Amendments {
  /** Asks the planner to look at the plan again; `note` is the user's. How it went is in the state. */
  ask(note?: string): Promise<void>;
  /** The same, but resolves once it is asked. */
  askSoon(note?: string): Promise<void>;
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
  command(command: AmendmentCommand): Promise<void>;
  readonly writing: Pick<BeingWritten, "first">;
}

/** The amendments of a run: decided `inTurn` with all else; the scheduler has the planner answer, and starts what can start then. */
export function amendmentsOf(
  run: AmendableRun,
  inTurn: InTurn,
  scheduler: { amend(): Promise<void>; pump(): void },
): Amendments {
  const decide = (command: AmendmentCommand) =>
    inTurn(async () => {
      // What is starting right now cannot be changed any more, though the state does not say so yet.
      const starting = () => run.writing.first("subtask.started");
      for (let starts = starting(); starts !== undefined; starts = starting()) await starts;
      await run.command(command);
      scheduler.pump();
    });
  const approve = (number: number, by: "user" | "setting") =>
    decide({ type: "approve-amendment", number, by, knownRoles: run.knownRoles });
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
      await decide({ type: "ask-amendment", note });
      await scheduler.amend();
    },
    async askSoon(note) {
      await decide({ type: "ask-amendment", note });
      void scheduler.amend();
    },
    async propose(amendment) {
      await decide({ type: "propose-amendment", amendment, knownRoles: run.knownRoles });
      await applyBySetting();
    },
    approve: (number) => approve(number, "user"),
    decline: (number, reason) => decide({ type: "decline-amendment", number, reason }),
    applyBySetting,
  };
}
