import * as z from "zod";
import { defineTool } from "../tool";

/** Lists files by name pattern. */
export const globTool = defineTool({
  name: "glob",
  description:
    'List files that match a glob, such as "src/**/*.ts"; a pattern without "/" matches names at any depth. Ignored files are left out.',
  input: z.object({
    pattern: z.string(),
    path: z.string().optional().describe("Folder to search in; the worktree by default."),
  }),
  readOnly: true,
  async run({ pattern, path }, { workspace, signal }) {
    const options = { limit: MAX_PATHS, signal, ...(path === undefined ? {} : { path }) };
    const found = await workspace.glob(pattern, options);
    if (!found.ok) return { content: found.refusal.message, isError: true };
    const { paths, truncated } = found.value;
    if (paths.length === 0) return { content: truncated ? "No files found before the search was cut." : "No files." };
    return { content: [...paths, ...(truncated ? ["(More files match; narrow the pattern.)"] : [])].join("\n") };
  },
});

const MAX_PATHS = 500;
