import * as z from "zod";
import { defineTool, type Tool } from "./tool";

/** Longest note, in bytes of UTF-8. */
export const MAX_NOTE_BYTES = 32_000;
/** Notes one subtask may keep; writing one again replaces it. */
export const MAX_NOTES = 20;
/** Most of what one `read_note` gives back, in characters. */
const MAX_READ = 48_000;

/** A note as lists show it. */
export interface NoteInfo {
  readonly name: string;
  /** Who wrote it. */
  readonly subtask: string;
  readonly bytes: number;
}

/** The notes of a run as one worker has them: all to read, its own to write. Throws `disk.*`. */
export interface Notes {
  list(): readonly NoteInfo[];
  /** Every note of this name, whoever wrote it. */
  read(name: string): Promise<readonly { readonly subtask: string; readonly content: string }[]>;
  /** Keeps a note; the words of the refusal where it may not. */
  write(name: string, content: string): Promise<string | undefined>;
}

/** `write_note` and `read_note`: what a worker wants others, or its own next attempt, to know in full. */
export function noteTools(notes: Notes): readonly Tool[] {
  return [
    defineTool({
      name: "write_note",
      description:
        "Keep a note for the other workers of this run: a design, facts with file and line. Outside the worktree, never part of the diff; the same name replaces.",
      input: NewNote,
      async run({ name, content }) {
        const bytes = Buffer.byteLength(content);
        if (bytes > MAX_NOTE_BYTES)
          return {
            content: `The note has ${bytes} bytes; at most ${MAX_NOTE_BYTES}. Shorten or split it.`,
            isError: true,
          };
        const refusal = await notes.write(name, content);
        return refusal === undefined ? { content: `Kept "${name}".` } : { content: refusal, isError: true };
      },
    }),
    defineTool({
      name: "read_note",
      description: "Read a note of this run by its name; without one, list them.",
      input: WantedNote,
      readOnly: true,
      async run({ name }) {
        if (name === undefined) return { content: listed(notes.list()) };
        const found = await notes.read(name.trim());
        if (found.length === 0)
          return { content: `There is no note "${name}". ${listed(notes.list())}`, isError: true };
        const text = found.map(({ subtask, content }) => `Note of ${subtask}:\n${content}`).join("\n\n");
        return { content: text.length <= MAX_READ ? text : `${text.slice(0, MAX_READ).toWellFormed()}\n(Cut.)` };
      },
    }),
  ];
}

const NewNote = z.object({
  name: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .regex(/^\P{Cc}+$/u, "one line"),
  content: z.string().min(1),
});
const WantedNote = z.object({ name: z.string().optional() });

function listed(notes: readonly NoteInfo[]): string {
  if (notes.length === 0) return "No notes yet.";
  return notes.map(({ name, subtask, bytes }) => `- ${name} (${subtask}, ${bytes} bytes)`).join("\n");
}
