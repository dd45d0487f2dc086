import type { Tool } from "../../agent/tool";
import { BraidError } from "../../core/failure";
import { stallFailure, type Stall, type StallBudget, type StallBudgets } from "../../core/stall";
import type { Model, ModelProgress } from "../../model/model";
import { showProgress } from "../../model/progress";
import { unlessAborted } from "../../util/abort";

/** Calls `action` once, after `ms` milliseconds; the returned function calls it off. */
export type After = (ms: number, action: () => void) => () => void;

/** Real time. Nothing is kept alive by it. */
export const realTime: After = (ms, action) => {
  const timer = setTimeout(action, Math.min(ms, MAX_TIMER_MS));
  timer.unref();
  return () => clearTimeout(timer);
};

/** What a watch over one agent needs. */
export interface StallWatchOptions {
  readonly budgets: StallBudgets;
  readonly after: After;
  /** Whether it only waits for the user, which is nobody's fault. */
  readonly isWaiting: () => boolean;
  /** It stands still for so long that people should know, in milliseconds. */
  readonly onStalled: (stall: Stall, ms: number) => void;
  /** It goes on. */
  readonly onMoved: () => void;
}

/** Watches that an agent gets on, inside its tools and between its turns. */
export interface StallWatch {
  /** Aborts, with a BraidError, when the agent has stood still for too long. */
  readonly stuck: AbortSignal;
  /** The model, each answer of which is watched; `stop` is the signal the agent works under. */
  model(model: Model, stop: AbortSignal): Model;
  /** The tools, each call of which is watched, and given up on where it does not hear that it is stopped. */
  tools(tools: readonly Tool[], stop: AbortSignal): readonly Tool[];
  /** One thing that is done by us, as long as a tool may take; `doing` is what it is, for people. */
  step<T>(doing: string, stop: AbortSignal, action: () => Promise<T>): Promise<T>;
}

/** Opens a watch; it holds nothing while the agent is neither in a tool nor asking. */
export function watchForStalls(o: StallWatchOptions): StallWatch {
  const stuck = new AbortController();
  const step = async <T>(doing: string, stop: AbortSignal, action: () => Promise<T>): Promise<T> => {
    const watch = begin(o, { where: "tool", doing }, { budget: o.budgets.tool, stuck, stop });
    try {
      return await unlessIgnored(action(), stop, o.after);
    } finally {
      watch.end();
    }
  };
  return {
    step,
    stuck: stuck.signal,
    model: (model, stop) => ({
      async respond(request, options) {
        const watch = begin(o, { where: "turn" }, { budget: o.budgets.turn, stuck, stop });
        try {
          return await model.respond(request, {
            signal: stop,
            onProgress(progress: ModelProgress) {
              // Parked by a limit or a retry, which have bounds of their own.
              if (progress.type === "waiting") watch.rest();
              else watch.sign();
              showProgress(progress, options.onProgress);
            },
          });
        } finally {
          watch.end();
        }
      },
    }),
    tools: (tools, stop) =>
      tools.map((tool) => ({
        ...tool,
        call: (input, context) => step(doingOf(tool.spec.name, input), stop, () => tool.call(input, context)),
      })),
  };
}

interface Watch {
  /** Something happened. */
  sign(): void;
  /** Nothing needs to happen until the next sign. */
  rest(): void;
  end(): void;
}

function begin(
  o: StallWatchOptions,
  stall: Stall,
  a: { readonly budget: StallBudget; readonly stuck: AbortController; readonly stop: AbortSignal },
): Watch {
  const { budget, stuck } = a;
  let shown = false;
  let cancel: () => void = () => undefined;
  const wait = (ms: number, action: () => void): void => {
    cancel();
    cancel = o.after(ms, action);
  };
  const untilShown = (): void => wait(budget.shownMs, show);
  const show = (): void => {
    if (o.isWaiting()) return untilShown();
    shown = true;
    o.onStalled(stall, budget.shownMs);
    untilStopped();
  };
  const untilStopped = (): void => wait(budget.stopMs - budget.shownMs, giveUp);
  const giveUp = (): void => {
    if (o.isWaiting()) return untilStopped();
    stuck.abort(new BraidError(stallFailure(stall, budget.stopMs)));
  };
  const rest = (): void => {
    cancel();
    if (shown && !a.stop.aborted) o.onMoved();
    shown = false;
  };
  const sign = (): void => {
    rest();
    untilShown();
  };
  untilShown();
  return { sign, rest, end: rest };
}

/** A tool's outcome; where it does not end after all has been stopped, the reason, a grace later. */
async function unlessIgnored<T>(outcome: Promise<T>, stop: AbortSignal, after: After): Promise<T> {
  const givenUp = new AbortController();
  let cancel: (() => void) | undefined;
  const onStop = (): void => {
    cancel = after(GRACE_MS, () => givenUp.abort(stop.reason));
  };
  if (stop.aborted) onStop();
  stop.addEventListener("abort", onStop, { once: true });
  try {
    return await unlessAborted(outcome, givenUp.signal);
  } finally {
    stop.removeEventListener("abort", onStop);
    cancel?.();
  }
}

function doingOf(name: string, input: unknown): string {
  const command = typeof input === "object" && input !== null && "command" in input ? input.command : undefined;
  return typeof command === "string" ? `${name} (${firstLine(command)})` : name;
}

/** The beginning of a command, for people. */
export function firstLine(command: string): string {
  const line = command.trim().split("\n", 1)[0] ?? "";
  return line.length > MAX_DOING_CHARS ? `${line.slice(0, MAX_DOING_CHARS)}…` : line;
}

const MAX_DOING_CHARS = 60;
/** Longer than a shell takes to kill what does not hear SIGTERM. */
const GRACE_MS = 4_000;
// What a timer of Node takes; a longer one fires at once.
const MAX_TIMER_MS = 2 ** 31 - 1;
