import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { toFailure } from "../../core/failure";
import { subtaskState, type RunState } from "../../core/state/state";
import type { Message } from "../../model/model";
import { isAtLineStart } from "./line-end";
import { runDir } from "./places";
import type { RunPorts } from "../ports";

/** What was said in a run, one file for each agent. For reading, not for recovery. */
export interface Transcripts {
  /** Keeps a message; in order, not waited for, and a failure is only logged. */
  write(state: RunState, subtask: string | null, message: Message, part?: string): void;
  /** Resolves when all of it is on disk, or has been given up. */
  written(): Promise<void>;
}

/** The transcripts of a run. File names are made of numbers and our own words: `3-1.jsonl`, `3-1-review-2.jsonl`. */
export function openTranscripts(ports: RunPorts, run: string, isTaken: () => boolean = () => false): Transcripts {
  const dir = join(runDir(ports.repo, run), "transcripts");
  let last: Promise<unknown> = Promise.resolve();
  let isMade = false;
  /** Files that end with a whole line: a crash, or a full disk, leaves half of one, which must not take the next along. */
  const whole = new Set<string>();
  /** Lines by file, of what was said since the last writing. */
  let pending = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const lines = pending;
    pending = new Map();
    // It may have slept since this was said.
    if (isTaken()) return;
    for (const [name, text] of lines)
      try {
        if (!isMade) await mkdir(dir, { recursive: true, mode: 0o700 });
        isMade = true;
        const path = join(dir, name);
        const before = whole.has(name) || (await isAtLineStart(path)) ? "" : "\n";
        whole.delete(name);
        await appendFile(path, `${before}${text}`, { mode: 0o600 });
        whole.add(name);
      } catch (error) {
        isMade = false;
        ports.log(`transcript ${name}: ${toFailure(error).message}`);
      }
  };
  return {
    write(state, subtask, message, part) {
      // Who was taken over from leaves them to the new owner.
      if (isTaken()) return;
      const position = subtask === null ? undefined : state.positions.get(subtask);
      const attempt = subtask === null ? 1 : (subtaskState(state, subtask)?.attempt ?? 1);
      const own = position === undefined ? (part ?? "planner") : `${position + 1}-${attempt}`;
      const name = position === undefined || part === undefined ? `${own}.jsonl` : `${own}-${part}.jsonl`;
      const line = `${JSON.stringify({ at: ports.now(), subtask, attempt, ...message }, withoutData)}\n`;
      pending.set(name, `${pending.get(name) ?? ""}${line}`);
      timer ??= setTimeout(() => {
        last = last.then(flush);
      }, GATHER_MS);
    },
    async written() {
      last = last.then(flush);
      await last;
    },
  };
}

/** What is said within so many milliseconds is written at one go. */
const GATHER_MS = 50;

/** An image is told by name, size and hash. */
function withoutData(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("type" in value) || value.type !== "image") return value;
  return { ...value, data: undefined };
}
