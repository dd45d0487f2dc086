import { budgetReached, MINUTE_MS, overspent } from "../core/budget";
import type { RunEvent } from "../core/state/events";
import { failure, type Failure } from "../core/failure";
import type { Plan } from "../core/plan/plan";
import { usageOf, workedMs } from "../core/state/spent";
import { type RunState } from "../core/state/state";
import { NO_USAGE, totalTokens, type Usage } from "../core/usage";
import { hasPrice, type PriceRule } from "../model/prices";
import type { Model, ModelReply } from "../model/model";
import { showProgress } from "../model/progress";
import { estimateCall, type CallEstimate } from "./attempt/call-estimate";
import { withinTime } from "./time-limit";

/** What a run's budget has to know of its run. */
export interface BudgetOptions {
  state(): RunState;
  /** Milliseconds since the epoch. */
  now(): number;
  record(event: RunEvent): Promise<void>;
  /** The list prices where there are no others. */
  readonly prices?: readonly PriceRule[] | undefined;
}

/**
 * Keeps all agents of a run together within its budget. Every call reserves the most it can cost before it is sent;
 * the reservation goes when the log says what it did cost. While reservations fit, calls go side by side; near the
 * limit they go one at a time, and at the limit none does: so a run oversteps by one call at most.
 */
export class Budget {
  readonly #options: BudgetOptions;
  readonly #held = new Set<Reservation>();
  #waiting: Waiter[] = [];

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** Why no further call may be sent; undefined while one may. */
  reached(): Failure | undefined {
    return budgetReached(this.#options.state(), this.#options.now());
  }

  /** The model as one worker (or, with null, the planner) may use it: at the limit it answers `budget.reached`. */
  guard(model: Model, subtask: string | null): Model {
    // A worker and its reviewer ask by the same model: what one's conversation came to says nothing of the other's.
    const last = new Map<string, Usage>();
    return {
      respond: async (request, { signal, onProgress }) => {
        const limits = this.#limits();
        if (limits?.usd !== undefined && !hasPrice(request.model, this.#options.prices))
          return refused(unpriced(request.model, limits.usd));
        for (const held of this.#held) if (held.subtask === subtask && held.answered) this.#release(held);
        const before = last.get(request.system);
        const reservation = { subtask, answered: false, estimate: estimateCall(request, before, this.#options.prices) };
        const stop = await this.#reserve(reservation, signal, () =>
          showProgress(
            { type: "waiting", reason: "The run's budget has room for one call at a time.", ms: 0 },
            onProgress,
          ),
        );
        if (stop !== undefined) return refused(stop);
        try {
          const reply = await withinTime(model, request, {
            signal,
            ...(onProgress === undefined ? {} : { onProgress }),
            leftMs: limits?.minutes === undefined ? undefined : limits.minutes * MINUTE_MS - this.#worked(),
            late: () => this.reached() ?? this.#late(limits?.minutes ?? 0),
          });
          if (reply.kind === "failed") await this.#writeOff(subtask, reply);
          else {
            reservation.answered = true;
            last.set(request.system, reply.usage);
          }
          return reply;
        } finally {
          if (!reservation.answered) this.#release(reservation);
        }
      },
    };
  }

  /** Gives back what an event settles. To be called after the event is folded in. */
  onRecorded(event: RunEvent): void {
    const subtask = settledBy(event);
    if (subtask === undefined) return;
    const settled = [...this.#held].filter((held) => held.subtask === subtask && held.answered);
    const [first] = settled;
    if (event.type === "turn.completed" || event.type === "context.compacted") {
      if (first !== undefined) this.#release(first);
    } else for (const held of settled) this.#release(held);
  }

  #limits(): Plan["budget"] {
    return this.#options.state().plan?.budget;
  }

  #late(minutes: number): Failure {
    return overspent(this.#options.state().id, { what: "minutes", limit: minutes, spent: minutes });
  }

  #worked(): number {
    return workedMs(this.#options.state(), this.#options.now());
  }

  #reserve(reservation: Reservation, signal: AbortSignal, onWait: () => void): Promise<Failure | undefined> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const leave = (): void => {
        signal.removeEventListener("abort", onAbort);
        this.#waiting = this.#waiting.filter((each) => each !== waiter);
      };
      const onAbort = (): void => {
        leave();
        reject(signal.reason);
        this.#pump();
      };
      const waiter: Waiter = {
        estimate: reservation.estimate,
        admit: () => {
          leave();
          this.#held.add(reservation);
          resolve(undefined);
        },
        refuse: (why) => {
          leave();
          resolve(why);
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(waiter);
      this.#pump();
      if (this.#waiting.includes(waiter)) onWait();
    });
  }

  #release(reservation: Reservation): void {
    this.#held.delete(reservation);
    this.#pump();
  }

  /** First come, first served: a large call is not overtaken for ever by small ones. */
  #pump(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const why = this.reached();
      if (why !== undefined) first.refuse(why);
      else if (this.#held.size === 0 || this.#fits(first.estimate)) first.admit();
      else return;
    }
  }

  #fits(estimate: CallEstimate): boolean {
    const { usd, tokens } = this.#limits() ?? {};
    const spent = usageOf(this.#options.state());
    const held = [...this.#held].map((each) => each.estimate);
    const sum = (pick: (each: CallEstimate) => number) =>
      held.reduce((total, each) => total + pick(each), pick(estimate));
    return (
      (usd === undefined || spent.usd + sum((each) => each.usd) <= usd) &&
      (tokens === undefined || totalTokens(spent) + sum((each) => each.tokens) <= tokens)
    );
  }

  /** A call that failed may have been paid for all the same. */
  async #writeOff(
    subtask: string | null,
    { failure: why, usage = NO_USAGE, calls = [] }: Extract<ModelReply, { kind: "failed" }>,
  ): Promise<void> {
    if (totalTokens(usage) > 0)
      await this.#options.record({
        type: "call.failed",
        subtask,
        failure: why,
        usage,
        ...(calls.length === 0 ? {} : { calls }),
      });
  }
}

interface Reservation {
  readonly subtask: string | null;
  /** The answer is there, but not yet in the log. */
  answered: boolean;
  readonly estimate: CallEstimate;
}

interface Waiter {
  readonly estimate: CallEstimate;
  admit(): void;
  refuse(why: Failure): void;
}

/** Whose calls an event brings into the log; undefined for one that is about no call. */
function settledBy(event: RunEvent): string | null | undefined {
  if (event.type === "plan.proposed" || event.type === "plan.failed") return null;
  if (event.type === "amendment.proposed" || event.type === "amendment.unneeded") return null;
  if (event.type === "amendment.failed") return null;
  if (event.type === "synthesis.completed" || event.type === "synthesis.failed") return null;
  const settles =
    event.type === "turn.completed" ||
    event.type === "context.compacted" ||
    event.type === "subtask.finished" ||
    event.type === "subtask.failed";
  return settles ? event.subtask : undefined;
}

function refused(why: Failure): ModelReply {
  return { kind: "failed", failure: why, transient: false };
}

function unpriced(model: string, usd: number): Failure {
  return failure("setting.invalid", `The price of ${model} is not known, so a budget of $${usd} cannot be kept.`, {
    hint: "Set `budget.tokens` in place of `budget.usd`, choose another model, or say what it costs (`braid.model.prices`, BRAID_PRICES).",
  });
}
