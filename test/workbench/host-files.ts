import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { mustRun } from "./process";
import { ROOT } from "./root";

/** The bundled host tests, as `extensionTestsPath` wants them. */
export const HOST_TESTS = join(ROOT, "dist/test/host/index.main.js");

/** Counts a suite leaves behind; `ended` is false when it was cut short. */
export type Counts = z.infer<typeof Counts>;
const Counts = z.object({ passed: z.number(), failed: z.number(), skipped: z.number(), ended: z.boolean() });

/** Where one run of the host tests writes, and the folder it opens. */
export interface HostFiles {
  /** An empty git repository with one commit. */
  readonly folder: string;
  readonly counts: string;
  readonly log: string;
  /** What the suite reads, see test/host/index.main.ts. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Makes the temporary files of one run. The counts go to BRAID_TEST_COUNTS where the test command has set it. */
export async function createHostFiles(): Promise<HostFiles> {
  const dir = await mkdtemp(join(tmpdir(), "braid-host-"));
  const folder = join(dir, "workspace");
  const identity = ["-c", "user.name=Host Tests", "-c", "user.email=host@example.invalid"];
  await mustRun("git", ["init", "--quiet", "--initial-branch=main", folder], { cwd: dir });
  await mustRun("git", [...identity, "commit", "--quiet", "--allow-empty", "--message", "Start"], { cwd: folder });
  const counts = process.env["BRAID_TEST_COUNTS"] ?? join(dir, "counts.json");
  const log = join(dir, "log.txt");
  const reporter = join(ROOT, "test/reporter.cjs");
  return {
    folder,
    counts,
    log,
    env: { BRAID_HOST_COUNTS: counts, BRAID_HOST_LOG: log, BRAID_HOST_REPORTER: reporter },
    remove: () => rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
}

/** The counts so far, or undefined before the suite has begun. */
export async function readCounts({ counts }: HostFiles): Promise<Counts | undefined> {
  const text = await readText(counts);
  return text === "" ? undefined : Counts.parse(JSON.parse(text));
}

/** A file's text, empty while it is not there. */
export async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  });
}
