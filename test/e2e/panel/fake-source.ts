import type { ApprovalAnswer } from "../../../src/core/approval";
import { alongWith } from "../../../src/core/review/along";
import type { FileDiff } from "../../../src/core/review/diff";
import type { RunEvent } from "../../../src/core/state/events";
import { BraidError, failure, type Failure } from "../../../src/core/failure";
import { judgePlan } from "../../../src/core/gate/gate";
import { parseDiff } from "../../../src/core/review/hunks";
import { previewOf, type PlanPreview } from "../../../src/core/plan/plan-preview";
import { remainder } from "../../../src/core/review/part-undone";
import { toReview, toReviewHead, type MergedReview, type ReviewHead } from "../../../src/core/review/review";
import { evolve } from "../../../src/core/state/fold";
import { initialState, subtaskState, type RunState } from "../../../src/core/state/state";
import { subtasksOf, toRunView, type RunView } from "../../../src/core/state/view";
import { memoryMarks, reviewMarks } from "../../../src/protocol/review-marks";
import type { AcceptChoice, FileTexts } from "../../../src/protocol/review-messages";
import type { ReviewSource } from "../../../src/protocol/review-source";
import { Emitter } from "../../../src/util/emitter";
import { RESULTS } from "./fixture";

const WORKER = { model: "m", price: undefined, contextTokens: 200_000, maxTurns: 40 };

/** A run in memory behind the panel's port: real events, real fold, real view; no git and no workers. */
export class FakeSource implements ReviewSource {
  /** What was asked, in order. */
  readonly calls: string[] = [];
  /** The same without what was only read. */
  get decisions(): readonly string[] {
    return this.calls.filter((call) => !call.startsWith("diff "));
  }

  /** Thrown by the next decision, once. */
  refuseNext: Failure | undefined;
  /** Replaces the diff of every subtask. */
  diffOverride: readonly FileDiff[] | undefined;
  viewOverride: RunView | undefined;
  readOnly: string | null = null;

  readonly #changed = new Emitter<void>();
  readonly #acted = new Emitter<{ readonly subtask: string; readonly line: string }>();
  readonly onDidChange = (listener: () => void) => this.#changed.event(listener);
  readonly onDidAct = this.#acted.event;
  #state: RunState = initialState();

  constructor(events: readonly RunEvent[]) {
    for (const event of events) this.#fold(event);
  }

  get view(): RunView {
    return this.viewOverride ?? toRunView(this.#state);
  }

  get preview(): PlanPreview | null {
    const { plan } = this.#state;
    if (plan === undefined || this.view.phase !== "proposed") return null;
    return previewOf(plan, judgePlan(plan, { workers: 4, workerFor: () => WORKER }));
  }

  async note(subtask: string, name: string): Promise<string> {
    this.#call(`note ${subtask} ${name}`);
    return `What ${subtask} noted.`;
  }

  record(event: RunEvent): void {
    this.#fold(event);
    this.#changed.fire();
  }

  act(subtask: string, line: string): void {
    this.#acted.fire({ subtask, line });
  }

  readonly marks = reviewMarks(memoryMarks());
  /** What a merge would come to, where a test says so. */
  forecast: NonNullable<MergedReview["merge"]> = { target: "0".repeat(40), conflicts: [], conflictHunks: [] };

  /** What a result answers, where a test says so. */
  since: MergedReview["since"] = null;

  async diff(_subtask: string, commit: string): Promise<readonly FileDiff[]> {
    const diff = Object.values(RESULTS).find((result) => result.commit === commit)?.diff ?? "";
    return this.diffOverride ?? parseDiff(diff);
  }

  /** Both texts of a file, by path, where a test is about colours. */
  fileTexts: ReadonlyMap<string, FileTexts> = new Map();

  async texts(_subtask: string, _commit: string, paths: readonly string[]): Promise<readonly FileTexts[]> {
    return paths.map((path) => this.fileTexts.get(path) ?? { base: null, result: null });
  }

  /** Both sides of an image, by path. */
  fileImages: ReadonlyMap<string, FileTexts> = new Map();

  async images(_subtask: string, _commit: string, path: string): Promise<FileTexts> {
    return this.fileImages.get(path) ?? { base: null, result: null };
  }

  /** What was read ahead, by commit. */
  readonly warmed: string[] = [];

  async warm(_subtask: string, commit: string): Promise<void> {
    this.warmed.push(commit);
  }

  async head(subtask: string, commit: string, count: number): Promise<ReviewHead> {
    this.calls.push(`diff head of ${subtask}`);
    const state = subtaskState(this.#state, subtask);
    if (state === undefined) throw new BraidError(failure("result.missing", `"${subtask}" has no result.`));
    return toReviewHead(state, (await this.diff(subtask, commit)).slice(0, count));
  }

  async review(subtask: string, commit: string): Promise<MergedReview> {
    this.calls.push(`diff ${subtask}`);
    const state = subtaskState(this.#state, subtask);
    const files = await this.diff(subtask, commit);
    const review = state === undefined ? undefined : toReview(this.#state, state, files);
    if (review === undefined) throw new BraidError(failure("result.missing", `"${subtask}" has no result.`));
    const along = state === undefined ? [] : alongWith(this.#state, subtask, new Map());
    return {
      ...review,
      commit,
      since: this.since,
      along,
      merge: state?.decision.kind === "open" ? this.forecast : null,
    };
  }

  async accept(subtask: string, commit: string, choice: AcceptChoice): Promise<void> {
    const { files, config = [], reason, target, withDependencies, dependencies = [], customs } = choice;
    const words = [
      ...files.flatMap(({ path, take }) => (take === "all" ? [] : [`${path}#${String(take)}`])),
      ...config.map(({ path }) => `config ${path}`),
      ...(withDependencies === true ? ["with dependencies", ...dependencies.map(({ subtask: each }) => each)] : []),
      ...(customs === undefined ? [] : ["without hooks"]),
      ...(reason === undefined ? [] : [`because ${reason}`]),
      ...(target === this.forecast.target ? [] : [`on ${target}`]),
    ];
    this.#call([`accept ${subtask} ${commit.slice(0, 4)}`, ...words].join(" "));
    const all = files.every(({ take }) => take === "all");
    const taken = all ? {} : { taken: { files, commit } };
    this.#fold({ type: "accept.started", subtask, seen: this.forecast.target, commit, ...taken });
    this.record({ type: "accept.completed", subtask, commit });
  }

  async requestChanges(subtask: string, commit: string, text: string): Promise<void> {
    const comments = this.marks.comments(commit).map(({ path, line, text: remark }) => `${path}:${line} ${remark}`);
    this.#call([`request ${subtask} ${text}`, ...comments].join(" | "));
    this.record({ type: "subtask.retried", subtask, by: "user", note: text });
  }

  async openSince(subtask: string): Promise<void> {
    this.#call(`openSince ${subtask}`);
  }

  /** What accepting all that passes waits for, where a test says so. */
  passing: Promise<void> = Promise.resolve();

  async acceptPassing(shown: ReadonlyMap<string, string>): Promise<void> {
    this.#call(["accept passing", ...shown.keys()].join(" "));
    await this.passing;
  }

  cancelMerge(): void {
    this.#call("cancel merge");
  }

  async undo(subtask: string, commit: string, { customs, part }: Parameters<ReviewSource["undo"]>[2] = {}) {
    const words = [
      ...(part ?? []).map(({ path, take }) => `${path}#${String(take)}`),
      ...(customs === undefined ? [] : ["without hooks"]),
    ];
    this.#call([`undo ${subtask} ${commit.slice(0, 4)}`, ...words].join(" "));
    const state = subtaskState(this.#state, subtask);
    const files = await this.diff(subtask, state?.result?.commit ?? "");
    const stays = part === undefined ? undefined : remainder(files, "all", part, { exact: true });
    if (stays !== undefined && "code" in stays) throw new BraidError(stays);
    if (stays !== undefined)
      this.#fold({
        type: "undo.started",
        subtask,
        seen: commit,
        commit,
        part: { taken: { files: stays, commit }, leftOut: [], left: commit },
      });
    this.record({ type: "undo.completed", subtask, commit });
  }

  async redo(subtask: string): Promise<void> {
    this.#call(`redo ${subtask}`);
    const undone = subtaskState(this.#state, subtask)?.undone;
    if (undone != null) this.record({ type: "accept.completed", subtask, commit: undone.accepted.commit });
  }

  async rebase(subtask: string, commit: string): Promise<void> {
    this.#call(`rebase ${subtask} ${commit.slice(0, 4)}`);
  }

  async rerunWithout(subtask: string): Promise<void> {
    this.#call(`rerun without ${subtask}`);
  }

  async resolve(subtask: string): Promise<void> {
    this.#call(`resolve ${subtask}`);
  }

  async resolveByHand(subtask: string): Promise<void> {
    this.#call(`resolve by hand ${subtask}`);
  }

  async openAll(subtask: string): Promise<void> {
    this.#call(`openAll ${subtask}`);
  }

  async reject(subtask: string, commit: string, reason: string): Promise<void> {
    this.#call(`reject ${subtask} ${commit.slice(0, 4)} ${reason}`);
    this.record({ type: "subtask.rejected", subtask, reason });
  }

  async approveAmendment(number: number): Promise<void> {
    this.#call(`approve amendment ${number}`);
  }

  async declineAmendment(number: number, reason: string): Promise<void> {
    this.#call(`decline amendment ${number} ${reason}`);
    this.record({ type: "amendment.declined", number, reason });
  }

  async retry(subtask: string): Promise<void> {
    this.#call(`retry ${subtask}`);
    this.record({ type: "subtask.retried", subtask, by: "user" });
  }

  async approve(proposal: number): Promise<void> {
    if (proposal !== this.#state.proposal) throw new BraidError(failure("run.state", "The plan changed."));
    this.#call("approve");
    if (this.#state.plan !== undefined) this.record({ type: "plan.approved", plan: this.#state.plan, skipped: [] });
  }

  async answer(question: number, answer: string): Promise<void> {
    this.#call(`answer ${question} ${answer}`);
    this.record({ type: "question.answered", question, answer, by: "user" });
  }

  async allow(key: string, answer: ApprovalAnswer): Promise<void> {
    this.#call(`allow ${key.slice(0, 4)} ${answer}`);
    this.record({ type: "approval.answered", key, answer });
  }

  async stop(subtask: string): Promise<void> {
    this.#call(`stop ${subtask}`);
    this.record({ type: "worker.stopped", subtask, attempt: 1 });
  }

  async message(subtask: string, text: string): Promise<void> {
    this.#call(`message ${subtask} ${text}`);
    this.record({ type: "worker.messaged", subtask, attempt: 1, text });
  }

  async openDiff(subtask: string, path: string): Promise<void> {
    this.#call(`openDiff ${subtask} ${path}`);
  }

  status(subtask: string): string | undefined {
    return subtasksOf(this.view).find((s) => s.id === subtask)?.status;
  }

  #call(text: string): void {
    this.calls.push(text);
    const refused = this.refuseNext;
    this.refuseNext = undefined;
    if (refused !== undefined) throw new BraidError(refused);
  }

  #fold(event: RunEvent): void {
    const seq = this.#state.seq + 1;
    this.#state = evolve(this.#state, { seq, at: 1_700_000_000_000 + seq * 37_000, event });
  }
}
