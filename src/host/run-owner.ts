import type * as vscode from "vscode";
import { BraidError, failure, toFailure } from "../core/failure";
import type { PatternChoice } from "../core/plan/patterns";
import type { Plan } from "../core/plan/plan";
import type { WrittenPlan } from "../core/plan/plan-edit-text";
import { toRunView, type RunView } from "../core/state/view";
import { readHead, type Repository } from "../git/repository";
import { checkGoal } from "../run/beginning";
import { readGivenImages } from "../run/attempt/images";
import { Run } from "../run/run";
import type { Inbox } from "../run/steering/inbox";
import { hearCommands } from "../run/steering/steer";
import { listRuns } from "../run/log/store";
import { Emitter } from "../util/emitter";
import { inTurn } from "../util/in-turn";
import { describeActivity, endsActivity } from "../core/activity";
import type { Taking } from "../run/log/ownership";
import { stillWaits } from "./can-resume";
import { reportFailures } from "./failures";
import { logRun } from "./log-run";
import { readModelSettings, readSettings } from "./settings";
import { ShownRun } from "./shown-run";
import { WindowPorts } from "./window-ports";
import { repositoryOf, requireTrust, workspaceRepository } from "./workspace-repository";

/** What a run begins with beside its goal: a plan, or the pattern the planner keeps to. */
export type Given = WrittenPlan | { readonly pattern: PatternChoice };

/** How long a window that is reloaded takes to let go of its run, in milliseconds. */
const RELOAD_MS = 15_000;

/** The run this window owns, if any, and the only place that starts or opens one. */
export class RunOwner implements vscode.Disposable {
  readonly ports: WindowPorts;
  /** What this window remembers about the workspace. */
  readonly memento: vscode.Memento;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new Emitter<void>();
  readonly #acted = new Emitter<{ readonly subtask: string; readonly line: string }>();
  readonly #activity = new Map<string, string>();
  #run: Run | undefined;
  #planning: Run | undefined;
  #inbox: Inbox | undefined;
  #shown: ShownRun | undefined;
  /** One start, open or approval after the other: each looks at what the one before has left. */
  readonly #inTurn = inTurn();

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.ports = new WindowPorts(context, log);
    this.memento = context.workspaceState;
    this.#log = log;
  }

  /** Fires when the view may have changed. */
  readonly onDidChange = this.#changed.event;
  /** Fires with one line per thing a worker does. */
  readonly onDidAct = this.#acted.event;

  get run(): Run | undefined {
    return this.#run;
  }

  /** The run this window only looks at, if any. */
  get shown(): ShownRun | undefined {
    return this.#shown;
  }

  get view(): RunView | undefined {
    return this.#run?.view ?? this.#shown?.view;
  }

  /** Whether the planner is at work now. */
  get isPlanning(): boolean {
    return this.#planning !== undefined && this.#planning === this.#run;
  }

  /** The last thing each subtask's worker did; the planner's under "". */
  get activity(): ReadonlyMap<string, string> {
    return this.#activity;
  }

  /** The run, or a failure that says how to get one. */
  require(): Run {
    if (this.#run === undefined && this.#shown !== undefined) throw this.#shown.refusal();
    if (this.#run === undefined)
      throw new BraidError(failure("run.unknown", "There is no run yet.", { hint: "Start with `Braid: Plan Goal…`." }));
    return this.#run;
  }

  /**
   * Starts a run for a goal and lets the planner plan it, in a pattern where one is given; a plan that is given is not planned.
   * `images` are files to hand over.
   */
  async start(goal: string, given?: Given, images: readonly string[] = []): Promise<void> {
    const written = given !== undefined && "plan" in given ? given : undefined;
    const pattern = given !== undefined && "pattern" in given ? given : {};
    const { planned } = await this.#replacing(async () => {
      this.#mayReplace();
      const { concurrency, attempts, amendments } = readSettings();
      const { efforts, web } = readModelSettings();
      const options = { concurrency, attempts, amendments, efforts, ...(web === undefined ? {} : { web }), ...pattern };
      const ports = await this.ports.of(await workspaceRepository());
      // Without a key there is no run to begin with.
      await this.ports.endpoint(ports.repo);
      const attached = await readGivenImages(images);
      // What speaks against it is found out while the run that is open still is.
      const begun = written === undefined ? {} : { written, head: await readHead(ports.repo) };
      if (written === undefined) await checkGoal(ports.repo, goal, attached);
      const run = await this.#adopt(() =>
        Run.create(ports, written?.plan.task ?? goal, { ...options, attached, ...begun }, (created) =>
          this.#watch(created),
        ),
      );
      // Under way before the next in turn looks; planning itself holds nobody up.
      return { planned: written === undefined ? this.plan(run) : undefined };
    });
    await planned;
  }

  /** Approves the plan of a run and starts its workers; `skipped` are ids ticked off. */
  approve(run: Run, plan: Plan, skipped: readonly string[], shown: number | undefined): Promise<void> {
    return this.#inTurn(() => run.approve(plan, skipped, shown));
  }

  /** Approves the plan the panel shows; the plan's commands know of its document and of what is ticked off. */
  approveShown: (run: Run, shown: number) => Promise<void> = () => Promise.reject(new Error("No commands yet."));

  /** Lets the planner plan, or plan again. Throws why there is no plan. */
  async plan(run: Run): Promise<void> {
    if (this.isPlanning) throw underWay();
    this.#planning = run;
    this.#changed.fire();
    try {
      await run.plan();
    } finally {
      if (this.#planning === run) this.#planning = undefined;
      this.#changed.fire();
    }
    const { plan, planFailure } = run.state();
    if (plan === undefined && planFailure !== undefined) throw new BraidError(planFailure);
  }

  /** Takes an earlier run over, its workers still until it is resumed; one that another process has is shown instead. */
  open(id: string): Promise<void> {
    return this.#replacing(async () => this.#openOrShow(id, await repositoryOf(id)));
  }

  /** Shows a run without taking it: to look at, live, and not to decide about. The window's own run is as it is. */
  show(id: string): Promise<void> {
    return this.#replacing(async () => {
      if (this.#run?.id !== id) await this.#show(id, await repositoryOf(id));
    });
  }

  /** Takes a run, also from an owner that has not been heard of for long. */
  takeOver(id: string): Promise<void> {
    return this.#replacing(async () => {
      const repo = await repositoryOf(id);
      try {
        await this.#open(id, repo, { takeOver: true });
      } catch (error) {
        // What was on screen stays there.
        await this.#show(id, repo);
        throw error;
      }
    });
  }

  /** After a reload: opens the latest run of this folder if something in it still waits, and nobody else has it. */
  restore(): Promise<void> {
    return this.#replacing(async () => {
      const repo = await workspaceRepository().catch(() => undefined);
      if (repo === undefined || this.view !== undefined) return;
      const latest = (await listRuns(repo, 1))[0];
      if (latest !== undefined && "state" in latest && stillWaits(toRunView(latest.state)))
        await this.#openOrShow(latest.id, repo);
      this.#takeWhenLeft();
    }).catch((error: unknown) => this.#log.warn(String(error)));
  }

  dispose(): void {
    void this.close();
    this.#changed.dispose();
    this.#acted.dispose();
  }

  /** Ends this window's hold on the run; used when the extension is deactivated. */
  async close(): Promise<void> {
    this.#shown?.dispose();
    this.#shown = undefined;
    const inbox = this.#inbox?.close();
    this.#inbox = undefined;
    await this.#run?.close();
    this.#run = undefined;
    await inbox;
  }

  async #openOrShow(id: string, repo: Repository): Promise<void> {
    try {
      await this.#open(id, repo);
    } catch (error) {
      if (toFailure(error).code !== "run.busy") throw error;
      await this.#show(id, repo);
    }
  }

  /** What had the run may be this window before it was reloaded, which is just letting go. */
  #takeWhenLeft(): void {
    const shown = this.#shown;
    const until = Date.now() + RELOAD_MS;
    shown?.onDidChange(() => {
      if (shown.holder !== null || this.#shown !== shown || Date.now() > until) return;
      void this.open(shown.id).catch((error: unknown) => this.#log.warn(String(error)));
    });
  }

  async #show(id: string, repo: Repository): Promise<void> {
    this.#mayReplace();
    const tell = (why: unknown): void =>
      void reportFailures(this.#log, () => Promise.reject(new BraidError(toFailure(why), { cause: why })));
    const shown = await ShownRun.open(repo, id, tell);
    await this.close();
    this.#activity.clear();
    this.#shown = shown;
    shown.onDidChange(() => this.#changed.fire());
    this.#changed.fire();
  }

  async #open(id: string, repo: Repository, how: Taking = {}): Promise<void> {
    this.#mayReplace();
    const ports = await this.ports.of(repo);
    const run = await this.#adopt(() =>
      Run.open(
        ports,
        id,
        (opened) => {
          opened.holdWorkers();
          this.#watch(opened);
        },
        how,
      ),
    );
    // Its workers are held, and the log must not say otherwise.
    if (run.view.phase === "running") await run.pause();
  }

  #mayReplace(): void {
    requireTrust();
    if (this.#run?.view.phase === "running" || this.isPlanning) throw underWay();
  }

  async #adopt(open: () => Promise<Run>): Promise<Run> {
    await this.close();
    this.#activity.clear();
    try {
      const run = await open();
      this.#run = run;
      this.#inbox = await hearCommands(run);
      return run;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Tells of what is on screen when all is done: a run that cannot be had may be shown instead, and between the two there is none. */
  #replacing<T>(action: () => Promise<T>): Promise<T> {
    return this.#inTurn(() => action().finally(() => this.#changed.fire()));
  }

  #watch(run: Run): void {
    this.#run = run;
    run.onDidRecord(({ event }) => {
      if ("subtask" in event && event.subtask !== null && endsActivity(event)) this.#activity.delete(event.subtask);
      this.#changed.fire();
    });
    run.onDidAct(({ subtask, activity }) => {
      const line = describeActivity(activity);
      if (line === undefined) return;
      this.#activity.set(subtask ?? "", line);
      this.#acted.fire({ subtask: subtask ?? "", line });
    });
    logRun(run, this.#log);
  }
}

function underWay(): BraidError {
  return new BraidError(failure("run.state", "A run is under way.", { hint: "Cancel it first, or wait for it." }));
}
