import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readPlainText } from "../../git/plain-file";
import type { Repository } from "../../git/repository";
import { isTime, type SpokenMessage } from "../../core/transcript";
import { runDir } from "./places";

/** Where a run's transcripts are. */
export function transcriptDir(repo: Repository, run: string): string {
  return join(runDir(repo, run), "transcripts");
}

/** Everything that was said in a run, agent by agent. Never throws: what cannot be read is left out. */
export async function readTranscripts(
  repo: Repository,
  run: string,
  isWanted: (file: string) => boolean = () => true,
): Promise<readonly SpokenMessage[]> {
  const dir = transcriptDir(repo, run);
  const names = await readdir(dir).catch(() => []);
  const files = await Promise.all(
    names
      .filter((name) => /^[\w-]+\.jsonl$/u.test(name) && isWanted(name))
      .toSorted()
      .map(async (file) => parseTranscript(file, await readPlainText(join(dir, file)))),
  );
  return files.flat();
}

/** The messages of one transcript; half a line at its end is one that is being written. */
export function parseTranscript(file: string, text: string): readonly SpokenMessage[] {
  return text.split("\n").flatMap((line) => {
    if (line === "") return [];
    try {
      const { at, subtask, attempt, role, content }: Partial<SpokenMessage> = JSON.parse(line);
      if (!isTime(at) || typeof attempt !== "number" || !Array.isArray(content)) return [];
      if (role !== "user" && role !== "assistant") return [];
      const blocks = content.filter((block: unknown) => typeof block === "object" && block !== null);
      return [{ at, subtask: typeof subtask === "string" ? subtask : null, attempt, file, role, content: blocks }];
    } catch {
      return [];
    }
  });
}

/** What was said about one subtask, attempt by attempt, the worker before its reviewers; of the run as a whole with null. */
export async function readTranscriptOf(
  repo: Repository,
  run: string,
  position: number | null,
): Promise<readonly SpokenMessage[]> {
  const isOf = (file: string) => (position === null ? /^[a-z]/u.test(file) : file.startsWith(`${position + 1}-`));
  return readTranscripts(repo, run, isOf);
}
