import * as z from "zod";
import { Commit, MAX_REASON_CHARS, MAX_SUBTASKS, Path, SubtaskId } from "./fields";
import { Comments } from "./review-marks";
import { AcceptChoice, FileChoices, LineRanges } from "./review-messages";

const RunId = z.string().min(1).max(200);
const Attempt = z.int().min(0);

/** No note has a longer name. */
const MAX_NOTE_NAME_CHARS = 200;

/** Texts one request can ask for. */
const MAX_TEXTS = 16;

/** What the page asks of the host. Decisions carry the commit that was on screen, so that a stale one is refused. */
export const RequestSchemas = {
  ready: z.strictObject({}),
  /** What of a result can be shown first. */
  open: z.strictObject({ subtask: SubtaskId, commit: Commit }),
  /** Everything a decision about a result is made on. */
  review: z.strictObject({ subtask: SubtaskId, commit: Commit }),
  /** Lines of its diff, which the review itself does not have. */
  lines: z.strictObject({ subtask: SubtaskId, commit: Commit, wanted: LineRanges }),
  /** Whole texts of changed files, to colour their lines by. */
  texts: z.strictObject({ subtask: SubtaskId, commit: Commit, paths: z.array(Path).min(1).max(MAX_TEXTS) }),
  /** A changed image on both sides, as addresses that hold it. */
  images: z.strictObject({ subtask: SubtaskId, commit: Commit, path: Path }),
  /** What of a review may have changed although the result has not. */
  refresh: z.strictObject({ subtask: SubtaskId, commit: Commit }),
  /** Exactly what was ticked, onto the target that was on screen. */
  accept: z.strictObject({ subtask: SubtaskId, commit: Commit, choice: AcceptChoice }),
  /** What is ticked now otherwise than before. */
  tick: z.strictObject({ subtask: SubtaskId, commit: Commit, files: FileChoices }),
  viewed: z.strictObject({ subtask: SubtaskId, commit: Commit, path: Path, viewed: z.boolean() }),
  /** All remarks on a result, in the place of those there were. */
  comment: z.strictObject({ subtask: SubtaskId, commit: Commit, comments: Comments }),
  /** Sends the remarks, and this text, to the worker's next attempt. */
  requestChanges: z.strictObject({ subtask: SubtaskId, commit: Commit, text: z.string().max(MAX_REASON_CHARS) }),
  /** `shown` are the results that were on screen; what came later waits for a look. */
  acceptPassing: z.strictObject({
    run: RunId,
    shown: z.array(z.strictObject({ subtask: SubtaskId, commit: Commit })).max(MAX_SUBTASKS),
  }),
  /** Stops the merge that is under way. */
  cancelMerge: z.strictObject({}),
  /** `commit` is the one on the target that is to be taken back. */
  undo: z.strictObject({
    subtask: SubtaskId,
    commit: Commit,
    customs: z.literal("off").optional(),
    /** What of the result goes back, where it is not all: `commit` is the result that was on screen. */
    part: z.strictObject({ commit: Commit, files: FileChoices }).optional(),
  }),
  /** Brings again what the last undo took back. `commit` is the result that was on screen. */
  redo: z.strictObject({ subtask: SubtaskId, commit: Commit }),
  /** Has an agent resolve what keeps a result from going in. */
  resolve: z.strictObject({ subtask: SubtaskId, commit: Commit }),
  /** Opens that for the user to resolve. */
  resolveByHand: z.strictObject({ subtask: SubtaskId, commit: Commit }),
  /** Puts a result on a base without what was rejected beneath it. */
  rebase: z.strictObject({ subtask: SubtaskId, commit: Commit }),
  /** Another attempt without what was rejected beneath it. */
  rerunWithout: z.strictObject({ subtask: SubtaskId, commit: Commit }),
  reject: z.strictObject({ subtask: SubtaskId, commit: Commit, reason: z.string().max(MAX_REASON_CHARS) }),
  /** Here and below, `attempt` is the one of the run that was on screen: asked for twice, it is done once. */
  retry: z.strictObject({
    run: RunId,
    subtask: SubtaskId,
    attempt: Attempt,
    note: z.string().max(MAX_REASON_CHARS).optional(),
  }),
  /** `proposal` is the plan of the run that was on screen. */
  approve: z.strictObject({ run: RunId, proposal: z.int().min(1) }),
  /** `number` is the amendment that was on screen. */
  approveAmendment: z.strictObject({ run: RunId, number: z.int().min(1) }),
  declineAmendment: z.strictObject({
    run: RunId,
    number: z.int().min(1),
    reason: z.string().max(MAX_REASON_CHARS),
  }),
  /** `run` is the run whose question was on screen. */
  answer: z.strictObject({
    run: RunId,
    question: z.int().min(1),
    answer: z.string().max(MAX_REASON_CHARS),
  }),
  /** `key` stands for exactly what was on screen. */
  allow: z.strictObject({
    run: RunId,
    key: z.string().regex(/^[0-9a-f]{32}$/u),
    answer: z.enum(["once", "run", "repository", "deny"]),
  }),
  stop: z.strictObject({ run: RunId, subtask: SubtaskId, attempt: Attempt }),
  message: z.strictObject({ run: RunId, subtask: SubtaskId, attempt: Attempt, text: z.string().max(MAX_REASON_CHARS) }),
  openDiff: z.strictObject({ subtask: SubtaskId, path: Path }),
  openAll: z.strictObject({ subtask: SubtaskId }),
  /** What changed since the attempt before. */
  openSince: z.strictObject({ subtask: SubtaskId }),
  /** What the page shows now; `picked`: because its user wants to see it. */
  select: z.strictObject({ subtask: SubtaskId, picked: z.boolean() }),
  /** The text of a note; of several of one name, all of them. */
  note: z.strictObject({ subtask: SubtaskId, name: z.string().min(1).max(MAX_NOTE_NAME_CHARS) }),
} as const;
