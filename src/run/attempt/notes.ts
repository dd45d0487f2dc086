import { randomBytes } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BraidError, failure } from "../../core/failure";
import { plain } from "../../core/plain";
import { MAX_NOTES, type Notes } from "../../agent/notes";
import type { AttemptHost } from "./attempt";
import { runDir } from "../log/places";
import type { RunState } from "../../core/state/state";
import { readPlainFile } from "../../git/plain-file";
import type { Repository } from "../../git/repository";
import type { Run } from "../run";

/** The text of a note a subtask wrote. Throws `run.state` where there is none, `disk.*`. */
export async function readNote(run: Run, subtask: string, name: string): Promise<string> {
  return readNoteOf(run.ports.repo, run.state(), subtask, name);
}

/** The same of a run whoever has it. */
export async function readNoteOf(repo: Repository, state: RunState, subtask: string, name: string): Promise<string> {
  const note = state.notes.find((candidate) => candidate.subtask === subtask && candidate.name === name);
  if (note === undefined) throw new BraidError(failure("run.state", `"${subtask}" wrote no such note.`));
  return readNoteFile(join(runDir(repo, state.id), "notes"), note.file);
}

/** A log can come with an archive: a name in it that is none of ours would lead anywhere, and what stands there to a model. */
async function readNoteFile(dir: string, file: string): Promise<string> {
  if (!/^\d+-[0-9a-f]{8}\.md$/u.test(file))
    throw new BraidError(failure("journal.corrupt", `The log names a note that no worker wrote: ${plain(file)}.`));
  return (await readPlainFile(join(dir, file))).toString("utf8");
}

/**
 * A run's notes as the worker of one attempt has them; with null, to read only. Files are named by the subtask's position and chance: a note's
 * name comes from a model and stands in the log alone. A note is in the log once it is on disk.
 */
export function openNotes(
  host: AttemptHost,
  writer: { readonly subtask: string; readonly position: number; readonly attempt: number } | null,
): Notes {
  const dir = join(runDir(host.ports.repo, host.state().id), "notes");
  return {
    list: () => host.state().notes,
    read: (name) =>
      Promise.all(
        host
          .state()
          .notes.filter((note) => note.name === name)
          .map(async ({ subtask, file }) => ({ subtask, content: await readNoteFile(dir, file) })),
      ),
    async write(name, content) {
      if (writer === null) return "Only workers keep notes.";
      const own = host.state().notes.filter((note) => note.subtask === writer.subtask);
      const known = own.find((note) => note.name === name);
      if (known === undefined && own.length >= MAX_NOTES)
        return `You have ${own.length} notes, which is the limit; write one of them again.`;
      const file = known?.file ?? `${writer.position + 1}-${randomBytes(4).toString("hex")}.md`;
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const next = join(dir, `${file}.new`);
      await writeFile(next, content, { mode: 0o600 });
      await rename(next, join(dir, file));
      const { subtask, attempt } = writer;
      await host.record({ type: "note.written", subtask, attempt, name, file, bytes: Buffer.byteLength(content) });
      return undefined;
    },
  };
}
