import type { ApprovalAnswer } from "../../core/approval";
import { toRole } from "../../core/role";
import type { Result, RunEvent } from "../../core/state/events";
import { BraidError, failure, toFailure, type Failure } from "../../core/failure";
import { sharedFilePredecessors } from "../../core/plan/schedule";
import { subtaskState, type RunState } from "../../core/state/state";
import { isInterrupted } from "../../core/state/subtask-state";
import type { InTurn } from "../../util/in-turn";
import type { Ask } from "../../agent/ask";
import type { AgentActivity, AgentOutcome } from "../../agent/loop";
import { roleOf, type Role } from "../../agent/roles";
import type { Report } from "../../core/report";
import { describeUnkept, refuseLost, type Unkept } from "../../git/add-all";
import { commitResult } from "../../git/commit";
import type { Fence } from "../../git/ref-transaction";
import { resultRef } from "../../git/refs";
import type { Message } from "../../model/model";
import { carryOver } from "./carry-over";
import { commandRefusal } from "../steering/command-approval";
import type { BeingWritten } from "../log/being-written";
import { takenOver } from "../log/ownership";
import { loadInstructions } from "./instructions";
import { modelNeeds } from "../model-needs";
import type { RunPorts } from "../ports";
import type { WorkingTrees } from "../accept/radar";
import { recordedSetup } from "../set-up/recorded-setup";
import { filesToContinue, forgetTurns, openWorkerTurns } from "./resumption";
import { readScope } from "./scope";
import type { BeforeWork } from "../set-up/before-work";
import type { SetupOnce } from "../set-up/setup-plan";
import { checkOutConflict } from "../accept/resolving";
import { resolveStart, startOf } from "./start";
import type { UserRoles } from "./user-roles";
import { whyAborted } from "../why-aborted";
import { work } from "./work";
import { openWorkPlace, type WorkPlace } from "./work-place";
import type { WorktreePool } from "./worktree-pool";

/** What an attempt needs of its run. */
export interface AttemptHost {
  readonly ports: RunPorts;
  readonly userRoles: UserRoles;
  state(): RunState;
  record(event: RunEvent): Promise<void>;
  /** Lets nothing be decided about the run while an action reads its state and writes what follows. */
  readonly decideInTurn: InTurn;
  readonly writing: Pick<BeingWritten, "first">;
  /** What every worktree of the run gets, as the user's work tree had it when the run began. */
  readonly setup: SetupOnce;
  /** What tools wait for beside their own worktree. */
  readonly before: Pick<BeforeWork, "known">;
  readonly pool: WorktreePool;
  answer(key: string, signal: AbortSignal): Promise<ApprovalAnswer>;
  /** Where the workers' files are compared as they work. */
  readonly working: WorkingTrees;
  /** Aborts when the run as a whole is stopped. */
  readonly signal: AbortSignal;
  /** Whether the run is still this process's. */
  readonly isOurs: () => Promise<boolean>;
  /** See `AcceptHost.fence`. */
  readonly fence: Fence;
  /** A failure when the run's budget is spent. */
  overBudget(): Failure | undefined;
  /** Puts a question to the user. */
  readonly ask: Ask;
  /** How long its agents have waited for the user's word, and then for their place among the workers, in milliseconds. */
  waitedMs(): number;
  /** Whether the worker has its answer and waits for its place among the others again. */
  waitsForPlace(): boolean;
  onActivity(activity: AgentActivity): void;
  /** `part` tells who speaks, where it is not the subtask's own worker. */
  onMessage(message: Message, part?: string): void;
}

/**
 * One attempt at one subtask: base, worktree, agent, commit, and the event that says how it ended. Every way it can go
 * wrong ends in `subtask.failed` with whatever was done so far. What is left to be done comes back: the worktree is put away and
 * the result compared while others, which need nothing of it, begin. Both throw only when the log cannot be written.
 */
export async function attemptSubtask(host: AttemptHost, id: string, signal: AbortSignal): Promise<() => Promise<void>> {
  const state = host.state();
  const subtask = subtaskState(state, id);
  const position = state.positions.get(id);
  if (subtask === undefined || position === undefined) return NOTHING_LEFT;
  let { continues } = subtask;
  let attempt = continues ? subtask.attempt : subtask.attempt + 1;
  const place: { current?: WorkPlace } = {};
  let base = state.base;
  let writes = false;
  let outcome: AgentOutcome<Report>;
  try {
    const over = host.overBudget();
    if (over !== undefined) throw new BraidError(over);
    const { agent, review } = subtask.subtask;
    const role = findRole(host, agent);
    const reviewer = review === undefined ? null : findRole(host, review.agent);
    writes = role.writes;
    const restsOn = [...subtask.subtask.dependencies, ...sharedFilePredecessors(state, subtask.subtask)];
    const { resolving } = subtask;
    // Who resolves a conflict starts from the branch, which has all that was accepted.
    const start = startOf(state, resolving === null ? [...new Set(restsOn)] : []);
    const onto = resolving?.onto ?? (await resolveStart(host.ports.repo, state.base, start));
    const beginning = await carryOver(host.ports.repo, state, subtask, { base: onto, restsOn: start.restsOn });
    base = beginning.base;
    // What it rests on may have become another meanwhile: what it did was made for what was there.
    continues &&= subtask.base === base && subtask.from === beginning.from;
    attempt = continues ? subtask.attempt : subtask.attempt + 1;
    const name = { run: state.id, position, attempt };
    if (!continues && subtask.attempt > 0) await forgetTurns(host.ports, { ...name, attempt: subtask.attempt });
    const files = continues ? await filesToContinue(host.ports, name) : null;
    const instructions = await loadInstructions(host.ports.repo, state.base, subtask.subtask.files);
    const { scope: named } = state.plan ?? {};
    const scope = named === undefined || writes ? null : await readScope(host.ports.repo, state.base, named);
    const worktree = `${state.id}-${position + 1}-${attempt}`;
    // A name may stand for a newer model by now, which would not take over another's thoughts.
    const model =
      (continues ? subtask.model : null) ??
      host.ports.resolveModel(subtask.subtask.model ?? role.model, modelNeeds(state));
    // An amendment may have made another of it, or dropped it; what is to be started is looked for anew.
    // It is waited for: who is asked again at once, and has all it needs in memory, would leave the disk no time to answer.
    const amended = host.writing.first("plan.amended");
    if (amended !== undefined) await amended;
    if (amended !== undefined || subtaskState(host.state(), id) !== subtask) return NOTHING_LEFT;
    await host.record({
      type: "subtask.started",
      subtask: id,
      attempt,
      base,
      restsOn: beginning.restsOn,
      ...(beginning.base === onto ? withoutOf([...start.without, ...subtask.without]) : {}),
      worktree,
      model,
      instructions: instructions.map((given) => given.path),
      ...(continues ? { continues } : {}),
      ...(beginning.from === null ? {} : { from: beginning.from }),
    });
    place.current = await openWorkPlace(host.ports, {
      name: worktree,
      commit: base,
      ...filesOf(files ?? beginning.from),
      all: resolving !== null,
      pool: host.pool,
      writable: writes,
      async setUp(fresh) {
        await host.before.known();
        if (resolving !== null && typeof files !== "string") await checkOutConflict(fresh.worktree, resolving);
        await recordedSetup(host, { subtask: id, attempt, signal })(fresh);
      },
      refusal: (asked) => commandRefusal(host, { subtask: id, ...asked }),
      isOurs: host.isOurs,
      signal,
    });
    outcome = await work(host, subtask, {
      role,
      reviewer,
      instructions,
      scope,
      model,
      position,
      attempt,
      base,
      from: beginning.from,
      place: place.current,
      turns: await openWorkerTurns(host.ports, name, place.current, {
        writes,
        isOurs: host.isOurs,
        onTree: (tree) => host.working.saw(host, id, { attempt, base, tree }),
      }),
      signal,
    });
  } catch (error) {
    outcome = { kind: "failed", failure: signal.aborted ? whyAborted(signal) : toFailure(error) };
    if (outcome.failure.code === "internal") host.ports.log(`${state.id}/${id}: ${outcome.failure.detail ?? ""}`);
  }
  await host.working.ended(id);
  // Its files, its record and its name are another process's by now.
  if (!(await host.isOurs())) throw takenOver(host.ports.repo, state.id);
  const kept = await keepResult(host, place.current, { id, position, attempt, base, write: writes, outcome });
  // One that could not even go on still has what it did before.
  const result = place.current === undefined && continues ? subtask.result : kept.result;
  if (outcome.kind === "done" || !isInterrupted(outcome))
    await forgetTurns(host.ports, { run: state.id, position, attempt });
  await host.record(
    kept.failure === undefined && outcome.kind === "done"
      ? { type: "subtask.finished", subtask: id, attempt, report: outcome.value, result: kept.result }
      : {
          type: "subtask.failed",
          subtask: id,
          attempt,
          failure: kept.failure ?? (outcome.kind === "failed" ? outcome.failure : failure("internal", "No result.")),
          result,
        },
  );
  return async () => {
    // Work that could not be committed stays where it is.
    if (kept.failure === undefined || kept.failure.code === "worktree.failed" || kept.isWhole === true)
      await place.current
        ?.close(outcome.kind === "done" && kept.failure === undefined ? "reuse" : "delete")
        .catch((error: unknown) => host.ports.log(`${id}: worktree not removed: ${toFailure(error).message}`));
    if (kept.result !== null) await host.working.finished(host, id);
  };
}

const NOTHING_LEFT = async (): Promise<void> => undefined;

function withoutOf(ids: readonly string[]): { readonly without?: readonly string[] } {
  return ids.length === 0 ? {} : { without: [...new Set(ids)] };
}

function filesOf(tree: string | null | undefined): { readonly files?: string } {
  return typeof tree === "string" ? { files: tree } : {};
}

/** The role of this name: Braid's own, or a user's. */
function findRole(host: AttemptHost, agent: string): Role {
  const name = toRole(agent);
  const found = name === undefined ? host.userRoles.get(agent)?.role : roleOf(name);
  if (found !== undefined) return found;
  throw new BraidError(
    failure("plan.invalid", `There is no role "${agent}" in this run's base.`, {
      hint: "Put its file back, or give the subtask another role.",
    }),
  );
}

/** The first line without control characters, which git refuses or a terminal obeys. */
function plainLine(text: string): string {
  return (text.split("\n", 1)[0] ?? "").replace(/[\u0000-\u001f\u007f]/gu, " ");
}

/** Commits whatever stands in the worktree, also after a failure: partial work is worth reading. */
async function keepResult(
  host: AttemptHost,
  place: WorkPlace | undefined,
  a: {
    readonly id: string;
    readonly position: number;
    readonly attempt: number;
    readonly base: string;
    readonly write: boolean;
    readonly outcome: AgentOutcome<Report>;
  },
): Promise<{
  readonly result: Result | null;
  readonly failure?: Failure;
  /** Whether the result has all the work there is, whatever failed. */
  readonly isWhole?: boolean;
}> {
  if (place === undefined || !a.write) return { result: null };
  // Stopped before its files were there: every tool waits for them, so there is no work to keep.
  if (a.outcome.kind === "failed" && !(await isReady(place))) return { result: null };
  try {
    const tree = await place.snapshot();
    const unkept = await place.unkept();
    refuseLost(unkept);
    const { repo } = host.ports;
    const run = host.state().id;
    const summary = plainLine(a.outcome.kind === "done" ? a.outcome.value.summary : a.outcome.failure.message);
    const result = await commitResult(repo, await place.made, {
      tree,
      base: a.base,
      ref: resultRef(run, a.position, a.attempt),
      message: `${a.id}: ${summary}\n\nBraid-Run: ${run}\nBraid-Subtask: ${a.id}\nBraid-Attempt: ${a.attempt}`,
    });
    return unkept.length === 0 ? { result } : { result, failure: withUnkept(a.outcome, unkept), isWhole: true };
  } catch (error) {
    const why = toFailure(error);
    // Somebody deleted the folder: there is nothing in it any more.
    if (why.code === "worktree.failed") return { result: null, failure: why };
    const where = `What it did is in ${place.dir}.`;
    // Named, so that nobody goes on in a folder of the same name.
    if (a.outcome.kind === "failed" && why.code === "cancelled")
      return { result: null, failure: { ...a.outcome.failure, hint: `${why.message} ${where}`, detail: place.dir } };
    return { result: null, failure: { ...why, hint: `${why.hint ?? ""} ${where}`.trim() } };
  }
}

/** Why an attempt failed whose result has not all that stood there. */
function withUnkept(outcome: AgentOutcome<Report>, unkept: readonly Unkept[]): Failure {
  const hint = "The result has the rest. Retry the subtask with a note that says so.";
  if (outcome.kind === "done") return failure("tree.unsafe", describeUnkept(unkept), { hint });
  return { ...outcome.failure, hint: `${outcome.failure.hint ?? ""} ${describeUnkept(unkept)}`.trim() };
}

function isReady({ workspace }: WorkPlace): Promise<boolean> {
  return workspace.ready().then(
    () => true,
    () => false,
  );
}
