import * as z from "zod";
import { defineTool } from "../tool";

/** Searches file contents by regular expression. */
export const grepTool = defineTool({
  name: "grep",
  description:
    "Search files of the worktree by regular expression. Answers path:line:text. Ignored files are left out.",
  input: z.object({
    pattern: z.string(),
    path: z.string().optional().describe("File or folder to search in; the worktree by default."),
    glob: z.string().optional().describe('Only files that match, such as "*.ts".'),
    case_insensitive: z.boolean().optional(),
  }),
  readOnly: true,
  async run({ pattern, path, glob, case_insensitive }, { workspace, signal }) {
    const found = await workspace.grep(pattern, {
      limit: MAX_HITS,
      signal,
      ignoreCase: case_insensitive ?? false,
      ...(path === undefined ? {} : { path }),
      ...(glob === undefined ? {} : { glob }),
    });
    if (!found.ok) return { content: found.refusal.message, isError: true };
    const { lines, truncated } = found.value;
    if (lines.length === 0) return { content: truncated ? "No matches before the search was cut." : "No matches." };
    return { content: [...lines, ...(truncated ? ["(More lines match; narrow the search.)"] : [])].join("\n") };
  },
});

const MAX_HITS = 200;
