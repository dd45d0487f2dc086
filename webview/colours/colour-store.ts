import type { FileTexts, OutlinedHunk, ShownFile } from "../../src/protocol/review-messages";
import type { ResultId } from "../line-store";
import { inTurn } from "../pace";
import { languageOf, type Language } from "./languages";
import { tokensOf, type Token } from "./tokenise";

/** Tokens of a file's lines by their number, from 1, on the two sides of its diff; only of lines that its hunks show. */
export interface FileColours {
  readonly base: ReadonlyMap<number, readonly Token[]>;
  readonly result: ReadonlyMap<number, readonly Token[]>;
}

/** How texts are had from the host, in the order of the paths. */
export type AskTexts = (result: ResultId, paths: readonly string[]) => Promise<readonly FileTexts[]>;

/** Files whose colours are kept, and paths one request asks for. */
const MAX_KEPT = 60;
const MAX_PATHS = 8;
/** How long colours may keep others waiting, and how long they then wait for others, in milliseconds. */
const SLICE_MS = 6;
const PAUSE_MS = 12;

interface Wanted {
  readonly result: ResultId;
  readonly file: ShownFile;
  readonly listeners: Set<() => void>;
}

/**
 * The colours of files in view. Lines are drawn without and get theirs when there is time; what cannot be had stays plain, and
 * nobody is told: the text is all there.
 */
export class ColourStore {
  readonly #ask: AskTexts;
  readonly #kept = new Map<string, FileColours>();
  readonly #wanted = new Map<string, Wanted>();
  #isAtWork = false;

  constructor(ask: AskTexts) {
    this.#ask = ask;
  }

  get(result: ResultId, path: string): FileColours | undefined {
    return this.#kept.get(keyOf(result, path));
  }

  /** Wants a file's colours until the returned function is called; `onChange` tells that they are there. */
  want(result: ResultId, file: ShownFile, onChange: () => void): () => void {
    const key = keyOf(result, file.path);
    if (this.#kept.has(key) || languageOf(file.path) === undefined) return () => undefined;
    const wanted = this.#wanted.get(key) ?? { result, file, listeners: new Set() };
    wanted.listeners.add(onChange);
    this.#wanted.set(key, wanted);
    this.#begin();
    return () => {
      wanted.listeners.delete(onChange);
      if (wanted.listeners.size === 0) this.#wanted.delete(key);
    };
  }

  #begin(): void {
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    // Lines come first: what is asked for in this turn is on its way before.
    setTimeout(() => void this.#work(), PAUSE_MS);
  }

  async #work(): Promise<void> {
    try {
      for (let batch = this.#next(); batch.length > 0; batch = this.#next()) {
        const result = batch[0]?.result;
        if (result === undefined) return;
        const texts = await this.#ask(
          result,
          batch.map(({ file }) => file.path),
        ).catch(() => []);
        for (const [i, wanted] of batch.entries()) {
          const key = keyOf(result, wanted.file.path);
          // Whoever scrolled on does not want it any more.
          const colours = wanted.listeners.size === 0 ? undefined : await coloursOf(wanted.file, texts[i]);
          if (colours !== undefined) this.#keep(key, colours);
          this.#wanted.delete(key);
          for (const listener of wanted.listeners) inTurn(listener);
        }
      }
    } finally {
      this.#isAtWork = false;
    }
  }

  /** What was wanted last, of one result. */
  #next(): readonly Wanted[] {
    const open = [...this.#wanted.values()];
    const commit = open.at(-1)?.result.commit;
    return open.filter(({ result }) => result.commit === commit).slice(-MAX_PATHS);
  }

  #keep(key: string, colours: FileColours): void {
    this.#kept.set(key, colours);
    for (const old of [...this.#kept.keys()].slice(0, Math.max(0, this.#kept.size - MAX_KEPT))) this.#kept.delete(old);
  }
}

function keyOf({ commit }: ResultId, path: string): string {
  return `${commit} ${path}`;
}

async function coloursOf(file: ShownFile, texts: FileTexts | undefined): Promise<FileColours | undefined> {
  const load = languageOf(file.path);
  if (load === undefined || texts === undefined) return undefined;
  try {
    const language = await load();
    const base = await sideOf(language, texts.base, file.hunks, (hunk) => [hunk.oldStart, hunk.oldLines]);
    const result = await sideOf(language, texts.result, file.hunks, (hunk) => [hunk.newStart, hunk.newLines]);
    return { base, result };
  } catch {
    // A language that could not be loaded: the panel was closed, or its files are gone.
    return undefined;
  }
}

async function sideOf(
  language: Language,
  text: string | null,
  hunks: readonly OutlinedHunk[],
  rangeOf: (hunk: OutlinedHunk) => readonly [start: number, lines: number],
): Promise<ReadonlyMap<number, readonly Token[]>> {
  const kept = new Map<number, readonly Token[]>();
  if (text === null) return kept;
  const ranges = hunks.map(rangeOf);
  let at = 0;
  let number = 0;
  let until = performance.now() + SLICE_MS;
  for (const tokens of tokensOf(language, text)) {
    number += 1;
    while (at < ranges.length && number >= endOf(ranges[at])) at += 1;
    // Behind the last hunk nobody looks.
    if (at === ranges.length) break;
    if (number >= (ranges[at]?.[0] ?? 0) && tokens.length > 0) kept.set(number, tokens);
    if (performance.now() < until) continue;
    await new Promise((done) => setTimeout(done, PAUSE_MS));
    until = performance.now() + SLICE_MS;
  }
  return kept;
}

function endOf(range: readonly [start: number, lines: number] | undefined): number {
  return range === undefined ? 0 : range[0] + range[1];
}
