import type { AcceptFlags, HookFlags } from "./accept-flags";
import type { BudgetLimits } from "../core/plan/plan";
import type { GoalFlags } from "./goal-flags";
import type { AskPolicy, RunFlags } from "./run-flags";
import type { SteerCommand } from "./steer-arguments";
import type { UpkeepCommand } from "./upkeep-arguments";

/** A parsed command line. */
export type Command =
  | { readonly name: "help"; readonly of: string | undefined }
  | { readonly name: "version" }
  | ({
      readonly name: "plan";
      readonly goal: string | undefined;
      readonly output: string | undefined;
      readonly check: string | undefined;
      readonly ask: AskPolicy | undefined;
    } & GoalFlags)
  | ({ readonly name: "run"; readonly file: string | undefined; readonly goal: string | undefined } & RunFlags &
      GoalFlags)
  | { readonly name: "review"; readonly run: string; readonly subtask: string; readonly json: boolean }
  | ({ readonly name: "accept" } & AcceptFlags)
  | { readonly name: "models"; readonly json: boolean }
  | ({
      readonly name: "resume";
      readonly run: string | undefined;
      readonly takeOver: boolean;
      readonly budget?: BudgetLimits;
    } & RunFlags)
  | SteerCommand
  | UpkeepCommand
  | { readonly name: "status"; readonly run: string | undefined; readonly json: boolean; readonly follow: boolean }
  | { readonly name: "origin"; readonly file: string; readonly line: number; readonly json: boolean }
  | {
      readonly name: "report";
      readonly run: string | undefined;
      readonly output: string | undefined;
      /** Title and body of a pull request instead. */
      readonly pullRequest?: true;
    }
  | { readonly name: "transcript"; readonly run: string; readonly subtask: string }
  | {
      readonly name: "trace";
      readonly run: string | undefined;
      readonly output: string | undefined;
      /** Address of a collector to send it to. */
      readonly otlp: string | undefined;
    }
  | ({
      readonly name: "resolve";
      readonly run: string;
      readonly subtask: string;
      readonly note: string | undefined;
      /** Without an agent: put it into a folder, or take what stands there. */
      readonly byHand?: "open" | "done";
    } & RunFlags)
  | {
      readonly name: "reject";
      readonly run: string;
      readonly subtask: string;
      readonly reason: string;
      readonly json: boolean;
    }
  | ({
      readonly name: "amend";
      readonly run: string | undefined;
      readonly note: string | undefined;
      /** A file with an amendment somebody wrote. */
      readonly file: string | undefined;
      readonly decline: boolean;
      readonly reason: string;
    } & Pick<RunFlags, "yes" | "json">)
  | { readonly name: "rebase"; readonly run: string; readonly subtask: string; readonly json: boolean }
  | ({
      readonly name: "undo";
      readonly run: string;
      readonly subtask: string;
      /** Files and hunks that go back, or that stay; all goes back without either. */
      readonly only: readonly string[];
      readonly except: readonly string[];
      readonly json: boolean;
    } & HookFlags)
  | ({ readonly name: "redo"; readonly run: string; readonly subtask: string; readonly json: boolean } & HookFlags)
  | ({ readonly name: "demo"; readonly workspace: string | undefined } & RunFlags);
