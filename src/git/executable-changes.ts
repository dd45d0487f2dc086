import type { ExecutableChange } from "../core/state/events";
import {
  executableReason,
  isJson,
  isPackageManifest,
  schemaChange,
  scriptChange,
} from "../core/review/executable-config";
import { rawChanges } from "./diff";
import { readBlob, type Repository } from "./repository";

/** Changes between two commits to configuration that something executes later, with the content they lead to. */
export async function executableChanges(
  repo: Repository,
  from: string,
  to: string,
): Promise<readonly ExecutableChange[]> {
  const found: ExecutableChange[] = [];
  for (const change of await rawChanges(repo, from, to)) {
    const { path, newBlob: blob } = change;
    const old = change.from ?? path;
    let reason = executableReason(path) ?? executableReason(old);
    if (reason === undefined && isJson(path) && change.letter !== "D") {
      const [before, after] = await Promise.all([readBlob(repo, from, old), readBlob(repo, to, path)]);
      const texts = [before?.toString("utf8"), after?.toString("utf8") ?? ""] as const;
      // A manifest that comes from another name was none before.
      const wasManifest = isPackageManifest(old);
      if (isPackageManifest(path)) reason = scriptChange(wasManifest ? texts[0] : undefined, texts[1]);
      reason ??= schemaChange(old === path ? texts[0] : undefined, texts[1]);
    }
    if (reason !== undefined) found.push({ path, reason, blob });
  }
  return found;
}
