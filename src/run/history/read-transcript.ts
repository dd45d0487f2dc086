import { valueAt } from "../../core/state/chunked";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { BraidError, failure } from "../../core/failure";
import type { RunState } from "../../core/state/state";
import { withPlainFile } from "../../git/plain-file";
import type { Repository } from "../../git/repository";
import { runDir } from "../log/places";
import { hasCode } from "../../util/system-error";

/** What was said by one agent. */
export interface TranscriptFile {
  /** The file's name without its ending: `planner`, `3-1`, `3-1-review-2`. */
  readonly name: string;
  /** Who it is of, in words: `routes, attempt 1`. */
  readonly title: string;
  readonly subtask: string | null;
}

/** Transcripts are read up to here, in bytes: the rest of a longer one is not shown. */
const MAX_BYTES = 8 * 1024 * 1024;

/** The transcripts there are of a run, the planner's first, then in the order of the plan. */
export async function listTranscripts(repo: Repository, state: RunState): Promise<readonly TranscriptFile[]> {
  const names = await readdir(transcriptsDir(repo, state.id)).catch((): string[] => []);
  return names
    .filter((name) => /^[\w-]+\.jsonl$/u.test(name))
    .map((name) => toFile(state, name.slice(0, -".jsonl".length)))
    .toSorted((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }))
    .toSorted((a, b) => Number(a.subtask !== null) - Number(b.subtask !== null));
}

/** The lines of one of them. Throws `run.unknown` where there is none, and the disk's errors. */
export async function readTranscript(repo: Repository, run: string, name: string): Promise<readonly string[]> {
  const path = join(transcriptsDir(repo, run), `${name}.jsonl`);
  const none = new BraidError(failure("run.unknown", `Run ${run} has no transcript "${name}".`));
  if (!/^[\w-]+$/u.test(name)) throw none;
  return withPlainFile(path, async (file, { size }) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, MAX_BYTES)), 0);
    return buffer.toString("utf8", 0, bytesRead).split("\n");
  }).catch((error: unknown) => {
    throw error instanceof BraidError || hasCode(error, "ENOENT") ? none : error;
  });
}

function toFile(state: RunState, name: string): TranscriptFile {
  const [, position, attempt = "", part] = /^(\d+)-(\d+)(?:-(.+))?$/u.exec(name) ?? [];
  const subtask = position === undefined ? undefined : valueAt(state.subtasks, Number(position) - 1)?.subtask.id;
  if (subtask === undefined) return { name, title: name, subtask: null };
  return {
    name,
    subtask,
    title: `${subtask}, attempt ${attempt}${part === undefined ? "" : `, ${part.replaceAll("-", " ")}`}`,
  };
}

function transcriptsDir(repo: Repository, run: string): string {
  return join(runDir(repo, run), "transcripts");
}
