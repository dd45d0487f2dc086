import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { toFailure } from "../../core/failure";
import { subtaskState, type RunState } from "../../core/state/state";
import type { Message } from "../../model/model";
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
  return {
    write(state, subtask, message, part) {
      // Who was taken over from leaves them to the new owner.
      if (isTaken()) return;
      const position = subtask === null ? undefined : state.positions.get(subtask);
      const attempt = subtask === null ? 1 : (subtaskState(state, subtask)?.attempt ?? 1);
      const own = position === undefined ? (part ?? "planner") : `${position + 1}-${attempt}`;
      const name = position === undefined || part === undefined ? `${own}.jsonl` : `${own}-${part}.jsonl`;
      const line = `${JSON.stringify({ at: ports.now(), subtask, attempt, ...message }, withoutData)}\n`;
      last = last
        .then(() => mkdir(dir, { recursive: true, mode: 0o700 }))
        .then(() => appendFile(join(dir, name), line, { mode: 0o600 }))
        .catch((error: unknown) => ports.log(`transcript ${name}: ${toFailure(error).message}`));
    },
    async written() {
      await last;
    },
  };
}

/** An image is told by name, size and hash. */
function withoutData(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("type" in value) || value.type !== "image") return value;
  return { ...value, data: undefined };
}
