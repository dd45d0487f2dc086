import { type Chunked, NOTHING, valueAt } from "./chunked";
import { NO_AMENDMENTS, type AmendmentsState } from "../amendment/amendments-state";
import type { Approval } from "../approval";
import type { RunOptions } from "./events";
import type { Failure } from "../failure";
import type { Plan } from "../plan/plan";
import type { QuestionState } from "../question";
import type { Synthesis } from "../report";
import type { KnownOverlap } from "../review/live-overlap";
import type { Stretch } from "./history";
import type { SubtaskState } from "./subtask-state";
import { NO_WEB, type WebUse } from "../web";
import { NOT_LOOKED_AT, type TreeState } from "../tree-state";
import { NO_USAGE, type Usage } from "../usage";

/** A note somebody wrote; the last one of its name and writer. */
export interface NoteState {
  readonly subtask: string;
  readonly name: string;
  /** File in the run's `notes` folder. */
  readonly file: string;
  readonly bytes: number;
}

/** A run as the log tells it; nothing here that an event did not say. */
export interface RunState {
  readonly id: string;
  readonly goal: string;
  readonly target: string;
  readonly base: string;
  readonly options: RunOptions;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly seq: number;
  /** Time in which somebody worked on a subtask, in milliseconds, up to `updatedAt`. */
  readonly workedMs: number;
  readonly plan?: Plan;
  /** Where in the log the plan was proposed as it is now; it stands for what somebody was shown. 0 before. */
  readonly proposal: number;
  /** The words the plan was written in, where somebody wrote it. */
  readonly planText?: string;
  readonly planNote?: string;
  readonly planFailure?: Failure;
  readonly approved: boolean;
  /** What the gate took each subtask to take, in milliseconds; where it had something to go by. */
  readonly estimates: ReadonlyMap<string, number>;
  readonly paused: boolean;
  readonly cancelled: boolean;
  readonly plannerUsage: Usage;
  readonly plannerTurns: number;
  /** How often the planner's conversation, and the synthesizer's, was made shorter. */
  readonly plannerCompactions: number;
  readonly synthesisCompactions: number;
  /** Turns for the run as a whole, and the time the model took for them, in milliseconds. */
  readonly turns: number;
  readonly modelMs: number;
  /** What was looked at in the web for the run as a whole. */
  readonly web: WebUse;
  /** Why who works on the run as a whole is taken for stuck, in words; null while it gets on, or nobody does. */
  readonly stalled: string | null;
  readonly notes: readonly NoteState[];
  /** Who worked when, in the order they began. */
  readonly history: Chunked<Stretch>;
  /** Places in `history` of what goes on, and ids of the subtasks that run: so that no event has to look for them. */
  readonly underWay: readonly number[];
  readonly working: readonly string[];
  /** The user's own tree, as it was last looked at. */
  readonly tree: TreeState;
  readonly amendments: AmendmentsState;
  /** What was asked of the user, the latest request of each key. */
  readonly approvals: readonly Approval[];
  /** Every question that was asked, in order. */
  readonly questions: readonly QuestionState[];
  /** Of all subtasks; none again as soon as one of them is at work anew. */
  readonly synthesis: Synthesis;
  readonly synthesisUsage: Usage;
  readonly subtasks: Chunked<SubtaskState>;
  /** What results that wait do to each other, as it was last found. */
  readonly overlaps: readonly KnownOverlap[];
  /** Whose accepts are being merged and checked right now. */
  readonly queue: readonly string[];
  /** Position of each id in `subtasks`. */
  readonly positions: ReadonlyMap<string, number>;
}

const EMPTY: RunState = {
  id: "",
  goal: "",
  target: "",
  base: "",
  options: { concurrency: 1, attempts: 1 },
  createdAt: 0,
  updatedAt: 0,
  seq: 0,
  workedMs: 0,
  proposal: 0,
  approved: false,
  estimates: new Map(),
  paused: false,
  cancelled: false,
  plannerUsage: NO_USAGE,
  plannerTurns: 0,
  plannerCompactions: 0,
  synthesisCompactions: 0,
  turns: 0,
  modelMs: 0,
  web: NO_WEB,
  stalled: null,
  notes: [],
  history: NOTHING,
  underWay: [],
  working: [],
  tree: NOT_LOOKED_AT,
  amendments: NO_AMENDMENTS,
  approvals: [],
  questions: [],
  synthesis: { kind: "none" },
  synthesisUsage: NO_USAGE,
  subtasks: NOTHING,
  overlaps: [],
  queue: [],
  positions: new Map(),
};

/** The state before the first event. */
export function initialState(): RunState {
  return EMPTY;
}

/** The subtask with this id, or undefined. */
export function subtaskState(state: RunState, id: string): SubtaskState | undefined {
  const position = state.positions.get(id);
  return position === undefined ? undefined : valueAt(state.subtasks, position);
}
