import { failure, toFailure, type Failure } from "../src/core/failure";
import type { LineRange, LineSlice } from "../src/protocol/outline";
import { inTurn } from "./pace";

/** One result of a subtask. */
export interface ResultId {
  readonly subtask: string;
  readonly commit: string;
}

/** Lines as far as they are there. */
export type Loaded =
  | { readonly kind: "loading" }
  | { readonly kind: "lines"; readonly slice: LineSlice }
  | { readonly kind: "failed"; readonly failure: Failure };

/** How lines are had from the host: slices in the order of the ranges, an empty one where it has to be asked for again. */
export type AskLines = (result: ResultId, wanted: readonly LineRange[]) => Promise<readonly LineSlice[]>;

/** Slices that are kept after they went out of view, ranges one request asks for, and requests under way. */
const MAX_KEPT = 400;
const MAX_RANGES = 16;
const MAX_REQUESTS = 2;

interface Wanted {
  readonly result: ResultId;
  readonly range: LineRange;
  readonly listeners: Set<() => void>;
}

const GONE = failure("internal", "These lines are not part of the diff any more.");
const LOADING: Loaded = { kind: "loading" };

/**
 * The lines of the diffs on screen, as they are asked for and come. What was wanted last is asked for first, what went out of
 * view before it was asked for not at all. Holds no truth: all of it can be asked for again.
 */
export class LineStore {
  readonly #ask: AskLines;
  /** The least recently used first. */
  readonly #kept = new Map<string, Loaded>();
  readonly #wanted = new Map<string, Wanted>();
  readonly #asked = new Set<string>();
  #requests = 0;
  #soon = false;

  constructor(ask: AskLines) {
    this.#ask = ask;
  }

  /** The lines of a range, if they are there. */
  get(result: ResultId, range: LineRange): Loaded {
    return this.#kept.get(keyOf(result, range)) ?? LOADING;
  }

  /** Keeps lines that came unasked. */
  put(result: ResultId, range: LineRange, slice: LineSlice): void {
    this.#set(keyOf(result, range), { kind: "lines", slice });
  }

  /** Wants the lines of a range until the returned function is called; `onChange` tells that {@link get} has another answer. */
  want(result: ResultId, range: LineRange, onChange: () => void): () => void {
    const key = keyOf(result, range);
    const known = this.#kept.get(key);
    if (known?.kind === "lines") {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return () => undefined;
    }
    const wanted = this.#wanted.get(key) ?? { result, range, listeners: new Set() };
    wanted.listeners.add(onChange);
    this.#wanted.set(key, wanted);
    this.#askSoon();
    return () => {
      wanted.listeners.delete(onChange);
      if (wanted.listeners.size === 0 && !this.#asked.has(key)) this.#wanted.delete(key);
    };
  }

  /** Asks again for what failed. */
  retry(result: ResultId, range: LineRange): void {
    const key = keyOf(result, range);
    this.#set(key, LOADING);
    this.#kept.delete(key);
    this.#askSoon();
  }

  /** All that is wanted in one turn goes in one request. */
  #askSoon(): void {
    if (this.#soon) return;
    this.#soon = true;
    queueMicrotask(() => {
      this.#soon = false;
      while (this.#requests < MAX_REQUESTS && this.#send());
    });
  }

  #send(): boolean {
    const open = [...this.#wanted].filter(([key]) => !this.#asked.has(key) && this.#kept.get(key) === undefined);
    const last = open.at(-1)?.[1];
    if (last === undefined) return false;
    const { result } = last;
    const batch = open.filter(([, each]) => each.result.commit === result.commit).slice(-MAX_RANGES);
    for (const [key] of batch) this.#asked.add(key);
    this.#requests += 1;
    const settle = (answer: (i: number) => Loaded | undefined): void => {
      this.#requests -= 1;
      for (const [i, [key]] of batch.entries()) {
        this.#asked.delete(key);
        const loaded = answer(i);
        if (loaded !== undefined) this.#set(key, loaded);
        if (this.#wanted.get(key)?.listeners.size === 0) this.#wanted.delete(key);
      }
      this.#askSoon();
    };
    this.#ask(
      result,
      batch.map(([, { range }]) => range),
    ).then(
      (slices) =>
        settle((i) => {
          const slice = slices[i];
          if (slice !== undefined && slice.lines.length > 0) return { kind: "lines", slice };
          // An answer always has the first range, where there is such a one.
          return i === 0 ? { kind: "failed", failure: GONE } : undefined;
        }),
      (error: unknown) => settle(() => ({ kind: "failed", failure: toFailure(error) })),
    );
    return true;
  }

  #set(key: string, loaded: Loaded): void {
    this.#kept.set(key, loaded);
    for (const old of [...this.#kept.keys()].slice(0, Math.max(0, this.#kept.size - MAX_KEPT))) this.#kept.delete(old);
    const wanted = this.#wanted.get(key);
    if (loaded.kind === "lines") this.#wanted.delete(key);
    for (const listener of wanted?.listeners ?? []) inTurn(listener);
  }
}

function keyOf({ commit }: ResultId, { path, from, to }: LineRange): string {
  return `${commit} ${from} ${to} ${path}`;
}
