import * as z from "zod";
import { defineTool } from "../tool";

/** Creates or replaces one file. Content is required: a call cut off before it never empties a file. */
export const writeTool = defineTool({
  name: "write",
  description:
    "Create a file of the worktree, or replace all of it. Missing folders are made. Prefer edit for changes.",
  input: z.object({
    file_path: z.string().describe("Path relative to the worktree."),
    content: z.string().describe("The whole content."),
  }),
  async run({ file_path, content }, { workspace }) {
    const bytes = Buffer.from(content, "utf8");
    const written = await workspace.write(file_path, bytes);
    if (!written.ok) return { content: written.refusal.message, isError: true };
    return { content: `${written.value.created ? "Created" : "Replaced"} ${file_path} (${bytes.length} bytes).` };
  },
});
