import { join } from "node:path";
import * as z from "zod";
import { findToolCall, type Origin, type TranscriptMessage, type Work } from "../../core/review/origin";
import { objectiveOf } from "../../core/plan/plan";
import { BraidError, failure } from "../../core/failure";
import { foldAll } from "../../core/state/fold";
import { subtaskState } from "../../core/state/state";
import { blameLine, type Blamed } from "../../git/blame";
import { readPlainText } from "../../git/plain-file";
import type { Repository } from "../../git/repository";
import { readJournal } from "../log/journal";
import { isRunId, journalPath, runDir } from "../log/places";

/**
 * Where a line of a file comes from: the commit, and where an accept of a run here made that, who worked on it and how. Throws
 * `setting.invalid` where git knows no such line, `run.state` for one that is not committed.
 */
export async function findOrigin(
  repo: Repository,
  at: { readonly path: string; readonly line: number; readonly contents?: string },
): Promise<Origin> {
  const blamed = await blameLine(repo, at);
  if (blamed === null)
    throw new BraidError(
      failure("run.state", `Line ${at.line} of ${at.path} is not committed yet.`, {
        hint: "Its origin is your work tree.",
      }),
    );
  const { commit, subject } = blamed;
  return { path: at.path, line: at.line, commit, subject, work: await workOf(repo, blamed) };
}

/** Trailers are words of a commit, whoever made it: what no log here bears out is not told. */
async function workOf(repo: Repository, { commit, run, subtask: id, path, text }: Blamed): Promise<Work | null> {
  if (!isRunId(run)) return null;
  const { events } = await readJournal(journalPath(repo, run)).catch(() => ({ events: [] }));
  const isAccept = (exact: boolean) => (one: (typeof events)[number]) =>
    one.event.type === "accept.completed" && one.event.subtask === id && (!exact || one.event.commit === commit);
  const exact = events.findLastIndex(isAccept(true));
  // Amended or rebased since, it has another name.
  const end = exact === -1 ? events.findLastIndex(isAccept(false)) : exact;
  const state = foldAll(events.slice(0, end === -1 ? events.length : end + 1));
  const subtask = subtaskState(state, id);
  const position = state.positions.get(id);
  if (subtask === undefined || position === undefined) return null;
  const transcript = join(runDir(repo, run), "transcripts", `${position + 1}-${subtask.attempt}.jsonl`);
  return {
    run,
    goal: state.goal,
    subtask: id,
    objective: objectiveOf(subtask.subtask),
    role: subtask.subtask.agent,
    model: subtask.model,
    attempt: subtask.attempt,
    report: subtask.report,
    usage: subtask.usage,
    call: findToolCall(await readTranscript(transcript), path, text),
  };
}

const Line = z.object({
  role: z.string(),
  content: z.array(z.looseObject({ type: z.string() })),
});

/** What can be read of it; a transcript is for reading, and may be torn or gone. */
async function readTranscript(file: string): Promise<readonly TranscriptMessage[]> {
  const lines = (await readPlainText(file)).split("\n").filter((line) => line !== "");
  return lines.flatMap((line) => {
    try {
      const read = Line.safeParse(JSON.parse(line));
      return read.success ? [read.data] : [];
    } catch {
      return [];
    }
  });
}
