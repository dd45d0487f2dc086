import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../workbench/root";

interface Built {
  readonly outputs: Readonly<
    Record<
      string,
      {
        readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
        readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
        readonly entryPoint?: string;
      }
    >
  >;
}

/** The rest of the command line, which its first file loads in any case. */
const REST = "src/cli/start.ts";

/** What a built program loads before it does anything: its file and all that it imports by statement, of the last build. */
export function loadedAtStart(program: string): { readonly bytes: number; readonly sources: readonly string[] } {
  const { outputs }: Built = JSON.parse(readFileSync(join(ROOT, "dist/meta.json"), "utf8"));
  const files = new Set([program]);
  // A set goes on with what is added while it is walked.
  for (const file of files)
    for (const { path, kind, external } of outputs[file]?.imports ?? [])
      if (external !== true && (kind === "import-statement" || outputs[path]?.entryPoint === REST)) files.add(path);
  const loaded = [...files];
  return {
    bytes: loaded.reduce((sum, file) => sum + statSync(join(ROOT, file)).size, 0),
    sources: loaded.flatMap((file) =>
      Object.entries(outputs[file]?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) =>
        bytesInOutput > 0 ? [path] : [],
      ),
    ),
  };
}
