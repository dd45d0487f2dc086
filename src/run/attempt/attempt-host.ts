import type { InTurn } from "../../util/in-turn";
import type { AgentActivity } from "../../agent/loop";
import type { Fence } from "../../git/ref-transaction";
import { nextAnswer } from "../steering/approvals";
import type { AttemptHost } from "./attempt";
import type { Budget } from "../budget";
import { logPace } from "../pace";
import type { Run } from "../run";
import type { Transcripts } from "../log/transcripts";
import type { Questions } from "../steering/questions";
import type { UserRoles } from "./user-roles";
import { countWaits } from "./waits";

/** What a worker, or with `subtask` null the planner, is doing right now. */
export interface Activity {
  readonly subtask: string | null;
  readonly activity: AgentActivity;
}

/** A run as one worker (or, with `subtask` null, the planner) sees it: activity and transcript carry its name. */
export function attemptHost(
  run: Run,
  subtask: string | null,
  parts: {
    readonly budget: Budget;
    readonly fence: Fence;
    readonly questions: Questions;
    readonly transcripts: Transcripts;
    readonly userRoles: UserRoles;
    readonly decideInTurn: InTurn;
    readonly onActivity: (activity: AgentActivity) => void;
  },
): AttemptHost {
  const record: AttemptHost["record"] = (event) => run.record(event);
  const waits = countWaits(run.ports.now);
  const ask = parts.questions.askOf(subtask);
  return {
    ports: { ...run.ports, model: parts.budget.guard(logPace(run.ports, record), subtask) },
    userRoles: parts.userRoles,
    state: () => run.state(),
    record,
    decideInTurn: parts.decideInTurn,
    writing: run.writing,
    ...run.ground,
    working: run.working,
    signal: run.signal,
    isOurs: () => run.isOurs(),
    fence: parts.fence,
    answer: (key, signal) => waits.during(() => nextAnswer(run.onDidRecord, key, signal)),
    overBudget: () => run.overBudget(),
    ask: (question, signal) => waits.during(() => ask(question, signal)),
    waitedMs: () => waits.ms(),
    waitsForPlace: () => parts.questions.isComingBack(subtask),
    onActivity: parts.onActivity,
    onMessage: (message, part) => parts.transcripts.write(run.state(), subtask, message, part),
  };
}
