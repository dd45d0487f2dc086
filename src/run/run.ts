import { decide, type RetryOptions, type RunCommand } from "../core/state/decide";
import { amendmentsOf, type Amendments } from "./planning/amendments";
import type { RunEvent } from "../core/state/events";
import { BraidError, toFailure, type Failure } from "../core/failure";
import type { BudgetLimits, Plan } from "../core/plan/plan";
import type { RunState } from "../core/state/state";
import type { RunView } from "../core/state/view";
import { endStanding } from "../git/standing";
import { Emitter } from "../util/emitter";
import { inTurn } from "../util/in-turn";
import type { AcceptOptions } from "./accept/accept";
import type { AttemptHost } from "./attempt/attempt";
import { attemptHost, type Activity } from "./attempt/attempt-host";
import { beginRun, type RunStart } from "./beginning";
import { Budget } from "./budget";
import type { BeingWritten } from "./log/being-written";
import { RunLog } from "./log/run-log";
import { workingTrees } from "./accept/radar";
import { mergesOf, type Merges } from "./accept/merges";
import { stopWhenTaken, takeRun, type OwnedRun, type Taking } from "./log/ownership";
import { orClose } from "./or-close";
import { newRunId } from "./log/places";
import { approvalOf } from "./planning/approve";
import { proposePlan } from "./planning/planning";
import { Questions } from "./steering/questions";
import type { RunPorts } from "./ports";
import { reconcile } from "./log/recovery";
import { canContinue } from "./attempt/resumption";
import { Scheduler } from "./scheduler";
import { unknownRun } from "./log/store";
import { openRecords, type Records } from "./log/records";
import { openGround, type Ground } from "./ground";
import { loadUserRoles, type UserRoles } from "./attempt/user-roles";
import { closed } from "./why-aborted";

/**
 * A run this process owns: the log, the state folded from it, and the commands people give. Everything it does is in
 * the log before it is done. One owner at a time; others read the log.
 */
export class Run {
  readonly id: string;
  readonly ports: RunPorts;
  /** The workers' files as they work. */
  readonly working = workingTrees();
  /** Changes of the plan in mid-run. */
  readonly amendments: Amendments;
  /** Accepts and undos. */
  readonly merges: Merges;
  /** What every worktree of the run gets; the user's work tree is looked at once, before the first worker. */
  readonly ground: Ground;
  /** Fires after each event is on disk and folded in. */
  readonly onDidRecord: RunLog["onDidRecord"];
  readonly #log: RunLog;
  readonly #acted = new Emitter<Activity>();
  readonly #failed = new Emitter<Failure>();
  readonly #scheduler: Scheduler;
  readonly #budget: Budget;
  readonly #questions: Questions;
  #userRoles: UserRoles = new Map();
  #stop = new AbortController();
  /** What people decide, one after the other; a merge takes its turn only for the moment it begins to move the branch. */
  readonly #decide = inTurn();
  #planning: Promise<void> = Promise.resolve();
  #closing = false;
  readonly #records: Records;

  private constructor(id: string, ports: RunPorts, owned: OwnedRun) {
    this.id = id;
    this.ports = ports;
    this.#log = new RunLog(owned);
    this.onDidRecord = this.#log.onDidRecord;
    this.ground = openGround(this);
    this.#records = openRecords(this, owned);
    this.#scheduler = new Scheduler(this);
    this.amendments = amendmentsOf(this, this.#decide, this.#scheduler);
    this.merges = mergesOf(this, this.#decide, () => this.#scheduler.pump());
    stopWhenTaken(this, owned.lock);
    this.#questions = new Questions(this, this.#scheduler);
    this.#budget = new Budget({ state: this.state, now: ports.now, record: this.record, prices: ports.prices });
    this.onDidRecord(({ event }) => {
      this.#budget.onRecorded(event);
      this.#questions.onRecorded(event);
    });
  }

  /**
   * Starts a run on the branch HEAD names. `onOpen` is called before the first event, so that nothing is missed.
   * Throws what {@link beginRun} and the disk throw.
   */
  static async create(ports: RunPorts, goal: string, start: RunStart, onOpen?: (run: Run) => void): Promise<Run> {
    const begun = await beginRun(ports, goal, start);
    const id = newRunId();
    const run = new Run(id, ports, await takeRun(ports, id));
    run.#userRoles = begun.userRoles;
    return orClose(run, async () => {
      onOpen?.(run);
      await Promise.all((await begun.first(run.id)).map((event) => run.record(event)));
    });
  }

  /**
   * Takes over a run from its log and reconciles it with what is really there; see {@link takeRun} for `takeOver`. Throws
   * `run.unknown`, `run.busy`, `journal.*`.
   */
  static async open(ports: RunPorts, id: string, onOpen?: (run: Run) => void, how?: Taking): Promise<Run> {
    const run = new Run(id, ports, await takeRun(ports, id, how));
    return orClose(run, async () => {
      onOpen?.(run);
      if (run.state().seq === 0) throw unknownRun(id);
      run.#userRoles = await loadUserRoles(ports.repo, run.state().base);
      for (const event of await reconcile(ports, run.state(), run.#userRoles)) await run.record(event);
    });
  }

  /** What agents are doing; nothing depends on it. */
  readonly onDidAct = this.#acted.event;
  /** Fires when the log can no longer be written, which stops the run: nobody waits for its workers one by one. */
  readonly onDidFail = this.#failed.event;

  readonly state = (): RunState => this.#log.state;

  get view(): RunView {
    return this.#log.view;
  }

  /** Events that are decided and on their way to the disk. */
  get writing(): BeingWritten {
    return this.#log.writing;
  }

  readonly record = (event: RunEvent): Promise<void> => this.#log.record(event);

  /** Whether the run is still this process's: what another one goes on with is not ours to touch. */
  readonly isOurs = (): Promise<boolean> => this.#log.isOurs();

  /** Lets the planner make a plan; how it went is in the state. */
  plan(): Promise<void> {
    this.#planning = proposePlan(this.hostFor(null), this.#stop.signal);
    return this.#planning;
  }

  /** Puts what the user made of a proposed plan in its place. Throws `run.state` once it is approved, `plan.invalid`. */
  edit(plan: Plan, text: string): Promise<void> {
    return this.#decide(() => this.command({ type: "edit", plan, text, knownRoles: this.knownRoles }));
  }

  /** Names of users' own roles, as the run's base defines them. */
  get knownRoles(): readonly string[] {
    return [...this.#userRoles.keys()];
  }

  /** Approves the plan and starts the workers; `skipped` are ids ticked off, `shown` the proposal somebody looked at. */
  async approve(plan: Plan, skipped: readonly string[] = [], shown?: number): Promise<void> {
    const command = await approvalOf(this, plan, skipped, shown);
    return this.#decide(async () => {
      await this.command(command);
      this.ground.before.begin();
      this.#scheduler.start();
    });
  }

  /** Undoes {@link holdWorkers}. */
  releaseWorkers(): void {
    this.#scheduler.start();
  }

  /** Keeps workers from starting: this process only decides. */
  holdWorkers(): void {
    this.#scheduler.stop();
  }

  /** Resolves when no worker runs and none can start. */
  idle(): Promise<void> {
    return this.#scheduler.idle();
  }

  /** Merges one result into the target; see {@link Merges}. */
  accept(subtask: string, options: AcceptOptions = {}): Promise<void> {
    return this.merges.accept(subtask, options);
  }

  reject(subtask: string, reason: string, shown?: string): Promise<void> {
    return this.#decide(async () => {
      await this.command({ type: "reject", subtask, reason, shown });
      this.#scheduler.pump();
    });
  }

  /** Another attempt, as `other` says; one that was cut short goes on where nothing is to be otherwise. `later`: once the run is resumed. */
  retry(
    subtask: string,
    note?: string,
    by: "policy" | "user" = "user",
    { later = false, ...other }: RetryOptions & { readonly later?: boolean } = {},
  ): Promise<void> {
    const { signal } = this;
    return this.#decide(async () => {
      // A run that was cancelled since is not set going again by what was asked before.
      signal.throwIfAborted();
      const continues = await canContinue(this, { subtask, note, ...other });
      await this.command({ type: "retry", subtask, by, note, ...other, continues, knownRoles: this.knownRoles });
      if (by === "user" && !later) await this.resume();
    });
  }

  /** Says something to a running worker; it hears it with its next tool results. */
  message(subtask: string, text: string): Promise<void> {
    return this.command({ type: "message", subtask, text });
  }

  /** Stops one worker; the others go on. Resolves when the log says how its attempt ended. */
  async stop(subtask: string): Promise<void> {
    await this.command({ type: "stop", subtask });
    await this.#scheduler.stopOne(subtask);
  }

  /** Answers a question of an agent, without a number the one there is; by "nobody" the agent is told to decide. */
  answer(question: number | undefined, answer: string, by: "user" | "nobody" = "user"): Promise<void> {
    return this.command({ type: "answer", question, answer, by });
  }

  /** Gives the run other limits; those that are not named stay. Throws `run.state` where they leave nothing to spend. */
  readonly changeBudget = (budget: BudgetLimits): Promise<void> =>
    this.#decide(() => this.command({ type: "change-budget", budget, now: this.ports.now() }));

  /** No new worker starts; those that run go on. */
  pause(): Promise<void> {
    return this.command({ type: "pause" });
  }

  async resume(): Promise<void> {
    await this.command({ type: "resume" });
    this.ground.before.begin();
    if (this.#stop.signal.aborted) this.#stop = new AbortController();
    this.#scheduler.start();
  }

  /** Stops every worker; partial work is kept. Resolves when nothing runs any more. */
  async cancel(): Promise<void> {
    await this.command({ type: "cancel" });
    this.#stop.abort();
    try {
      await this.idle();
      await this.#planning;
    } finally {
      // What was done so far waits for review, and deciding about it is not work that was cancelled.
      if (!this.#closing) this.#stop = new AbortController();
    }
  }

  /** Stops what is under way without a word in the log; a merge that has begun to move the branch is finished. */
  readonly abort = (): void => this.#stop.abort();

  readonly fail = (error: Error): void => this.#failed.fire(toFailure(error));

  /** Gives the run up without deciding anything: workers stop, the log stays as it is, another process may take over. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#scheduler.stop();
    this.#stop.abort(closed());
    try {
      // Each of these has told its own caller what went wrong.
      await Promise.allSettled([this.idle(), this.#planning, this.merges.settled(), this.#decide.settled()]);
      await Promise.all([this.#records.close(), endStanding(this.ports.repo)]);
    } finally {
      await this.#log.close();
      for (const emitter of [this.#acted, this.#failed]) emitter.dispose();
    }
  }

  /** The signal everything under way listens to. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Why the budget allows no further call; undefined while it does. */
  overBudget(): Failure | undefined {
    return this.#budget.reached();
  }

  /** This run as one worker (or, with null, the planner) sees it: activity and transcript carry its name. */
  hostFor(subtask: string | null): AttemptHost {
    return attemptHost(this, subtask, {
      budget: this.#budget,
      fence: this.#log.fence,
      questions: this.#questions,
      transcripts: this.#records.transcripts,
      userRoles: this.#userRoles,
      decideInTurn: this.#decide,
      onActivity: (activity) => this.#acted.fire({ subtask, activity }),
    });
  }

  /** Records what follows from a command that needs no effect. Throws `run.state` where it is refused. */
  async command(command: RunCommand): Promise<void> {
    const decided = decide(this.state(), command);
    if (!decided.ok) throw new BraidError(decided.failure);
    for (const event of decided.events) await this.record(event);
  }
}
