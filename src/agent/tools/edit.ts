import * as z from "zod";
import { editBytes } from "../edit-text";
import { defineTool } from "../tool";

/** Replaces text in one file, byte by byte; see {@link editBytes}. */
export const editTool = defineTool({
  name: "edit",
  description:
    "Replace old_string by new_string in a file of the worktree. old_string must match exactly and once, unless replace_all.",
  input: z.object({
    file_path: z.string().describe("Path relative to the worktree."),
    old_string: z.string().describe("Exact text, without line numbers."),
    new_string: z.string(),
    replace_all: z.boolean().optional(),
  }),
  async run({ file_path, old_string, new_string, replace_all }, { workspace }) {
    const file = await workspace.read(file_path);
    if (!file.ok) return { content: file.refusal.message, isError: true };
    const edited = editBytes(file.value, {
      oldString: old_string,
      newString: new_string,
      replaceAll: replace_all ?? false,
    });
    if (!edited.ok) return { content: edited.message, isError: true };
    const written = await workspace.write(file_path, edited.bytes);
    if (!written.ok) return { content: written.refusal.message, isError: true };
    return { content: `Edited ${file_path}: ${edited.count} replacement${edited.count === 1 ? "" : "s"}.` };
  },
});
