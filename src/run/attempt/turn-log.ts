import { BraidError, failure } from "../../core/failure";
import type { Model } from "../../model/model";
import { openTurnFile, readTurns, type TurnEntry } from "./turn-file";

/**
 * The record of one agent's work, and the way back into it: everything the agent learnt from outside is written down before
 * anything follows from it, and an agent that is started again on its record learns the same in the same order, up to its last
 * complete turn, without a call of the model or a tool. From there on it works.
 */
export interface TurnLog {
  /** Whether what is asked for still comes from the record. */
  readonly isReplaying: boolean;
  /** The tree the files are known to be; undefined where a tool may have changed them since, null as at the start. */
  readonly files?: string | null | undefined;
  /** What `act` came to: from the record, or now. `changes` tells that files may be others afterwards. */
  once<T>(what: string, act: () => Promise<T>, how?: { readonly changes?: boolean }): Promise<T>;
  /** As {@link once}, for what is known at once. */
  now<T>(what: string, act: () => T): T;
  /** The model, which is asked only for what the record has no answer to; by then the turn before is settled. */
  model(model: Model): Model;
}

/** For agents nobody records. */
export const UNRECORDED: TurnLog = {
  isReplaying: false,
  once: (_, act) => act(),
  now: (_, act) => act(),
  model: (model) => model,
};

interface TurnLogOptions {
  /** Gives a tree of the files as they are, kept from git's cleaning up; without it files are not recorded. */
  readonly snapshot?: () => Promise<string>;
  /** Rejects where nothing may be written any more. */
  readonly mayWrite?: () => Promise<void>;
}

/**
 * Opens the record at `path`. Throws `run.record` where the record is damaged.
 */
export async function openTurnLog(path: string, { snapshot, mayWrite }: TurnLogOptions = {}): Promise<TurnLog> {
  const record = await readTurns(path);
  if (record.kind === "damaged") throw notItsOwn(path);
  const file = openTurnFile(path, { bytes: record.bytes, lines: record.entries.length }, mayWrite);
  const replay = [...record.entries];
  let fresh: TurnEntry[] = [];
  let tree = treeAt(record.entries);
  let changed = false;

  const next = (kind: TurnEntry["kind"], what = ""): TurnEntry | undefined => {
    const entry = replay.shift();
    if (entry === undefined) return undefined;
    if (entry.kind !== kind || (entry.kind === "effect" && entry.what !== what)) throw notItsOwn(path);
    return entry;
  };
  const recorded = (what: string): { readonly value: unknown } | undefined => {
    const entry = next("effect", what);
    return entry?.kind === "effect" ? { value: entry.value } : undefined;
  };
  /** A place in the order of things for what is not known yet: calls that run at the same time end in any order. */
  const place = (what: string) => {
    const at = fresh.push({ kind: "effect", what, value: undefined }) - 1;
    const list = fresh;
    return (value: unknown): void => void (list[at] = { kind: "effect", what, value });
  };
  const settle = async (): Promise<void> => {
    if (changed && snapshot !== undefined) tree = await snapshot().catch(() => undefined);
    changed = false;
    const entries = fresh;
    fresh = [];
    await file.append([...entries, { kind: "settled", ...(tree === undefined ? {} : { tree }) }]);
  };

  /** The files stand still while the model thinks: they are kept meanwhile, and no tool runs before they are. */
  const askAndSettle = async (model: Model, ...[request, options]: Parameters<Model["respond"]>) => {
    const unkept = new AbortController();
    const kept = settle().catch((error: unknown) => {
      unkept.abort(error);
      throw error;
    });
    // It may fail long before the model has let go; until somebody waits for it, that is nobody's failure.
    kept.catch(() => undefined);
    try {
      return await model.respond(request, { ...options, signal: AbortSignal.any([options.signal, unkept.signal]) });
    } finally {
      await kept;
    }
  };

  return {
    get isReplaying() {
      return replay.length > 0;
    },
    get files() {
      return changed ? undefined : tree;
    },
    async once<T>(what: string, act: () => Promise<T>, { changes = false } = {}) {
      const known = recorded(what);
      if (known !== undefined) return known.value as T;
      const put = place(what);
      changed ||= changes;
      const value = await act();
      put(value);
      return value;
    },
    now<T>(what: string, act: () => T) {
      const known = recorded(what);
      if (known !== undefined) return known.value as T;
      const value = act();
      place(what)(value);
      return value;
    },
    model: (model) => ({
      async respond(request, options) {
        const isSettled = next("settled") !== undefined;
        const known = next("reply");
        if (known?.kind === "reply") return known.reply;
        const reply = isSettled ? await model.respond(request, options) : await askAndSettle(model, request, options);
        // One that failed was not paid for and may come out otherwise the next time; but for what did not fit, and led on to less.
        if (reply.kind === "message" || reply.failure.code === "model.context")
          await file.append([{ kind: "reply", reply }]);
        return reply;
      },
    }),
  };
}

/** Whether a record can be gone on with, and the tree to begin from; undefined where it cannot. */
export async function resumable(path: string): Promise<{ readonly tree: string | null } | "damaged" | undefined> {
  const record = await readTurns(path);
  if (record.kind === "damaged") return "damaged";
  const tree = treeAt(record.entries);
  const isPaid = record.entries.some((entry) => entry.kind === "reply");
  return isPaid && tree !== undefined ? { tree } : undefined;
}

/** The tree of the last settled turn; null for the one the work began with. */
function treeAt(entries: readonly TurnEntry[]): string | null | undefined {
  const last = entries.findLast((entry) => entry.kind === "settled");
  return last === undefined ? null : last.tree;
}

function notItsOwn(path: string): BraidError {
  return new BraidError(
    failure("run.record", `The record of this attempt (${path}) does not fit what it is asked for.`, {
      hint: "Retry the subtask: it starts anew.",
    }),
  );
}
