import { access, constants, realpath } from "node:fs/promises";
import { join } from "node:path";
import { failure, type Failure } from "../core/failure";
import { trustedPath } from "../git/trusted-path";
import { runBubblewrap } from "./bubblewrap";
import { probeSeatbelt } from "./seatbelt";
import { systemMounts } from "./sandbox-mounts";

/** A sandbox that was seen to work, or what to do about it. */
export type FoundSandbox =
  | { readonly ok: true; readonly kind: "bubblewrap" | "seatbelt"; readonly binary: string }
  | { readonly ok: false; readonly failure: Failure };

/**
 * Looks for the system's sandbox (bubblewrap on Linux, sandbox-exec on macOS) and runs `true` in it, as one that is installed
 * may still be forbidden. About 20 ms. `candidates` are where bubblewrap may be.
 */
export async function findSandbox(
  candidates: readonly string[] = onPath(),
  platform: NodeJS.Platform = process.platform,
): Promise<FoundSandbox> {
  if (platform === "darwin") return findSeatbelt();
  if (platform !== "linux")
    return missing(
      `Braid has no sandbox for ${platform}.`,
      "Open the folder in a dev container, in WSL or over SSH on Linux.",
    );
  const binary = await firstExecutable(candidates);
  if (binary === undefined)
    return missing("Commands need a sandbox, and bubblewrap is not installed.", "Install it: apt install bubblewrap.");
  const outcome = await runBubblewrap({
    binary,
    mounts: await systemMounts(),
    env: {},
    command: "true",
    timeoutMs: PROBE_TIMEOUT_MS,
    signal: new AbortController().signal,
  });
  if (outcome.kind === "exited" && outcome.exitCode === 0) return { ok: true, kind: "bubblewrap", binary };
  return missing(
    "Commands need a sandbox, and bubblewrap does not work here.",
    "Allow unprivileged user namespaces (in a container: run it with --privileged; on Ubuntu: see apparmor_restrict_unprivileged_userns).",
    outcome.kind === "exited" ? outcome.output : outcome.detail,
  );
}

let seen: { readonly found: Promise<FoundSandbox>; readonly at: number } | undefined;
/** A sandbox that worked is taken to work for this long, in milliseconds. */
const TRUSTED_MS = 60_000;

/** As {@link findSandbox}, asked once for many workers; one that was not found is looked for again. */
export function usableSandbox(): Promise<FoundSandbox> {
  if (seen !== undefined && performance.now() - seen.at < TRUSTED_MS) return seen.found;
  const asked = { found: findSandbox(), at: performance.now() };
  seen = asked;
  const forget = () => {
    if (seen === asked) seen = undefined;
  };
  asked.found.then(({ ok }) => !ok && forget(), forget);
  return asked.found;
}

/** Comes with macOS; never from the PATH. */
const SANDBOX_EXEC = "/usr/bin/sandbox-exec";

/** {@link findSandbox} on macOS; a test puts its own program in the place of the system's. */
export async function findSeatbelt(candidate: string = SANDBOX_EXEC): Promise<FoundSandbox> {
  const get = "Update macOS, or open the folder in a dev container or over SSH on Linux.";
  const binary = await firstExecutable([candidate]);
  if (binary === undefined) return missing(`Commands need a sandbox, and there is no ${candidate}.`, get);
  const { signal } = new AbortController();
  const outcome = await probeSeatbelt(binary, { timeoutMs: PROBE_TIMEOUT_MS, signal });
  if (outcome.exitCode === 0) return { ok: true, kind: "seatbelt", binary };
  return missing("Commands need a sandbox, and sandbox-exec does not work here.", get, outcome.error ?? outcome.output);
}

const PROBE_TIMEOUT_MS = 10_000;

/** The system's own folders first: what a user's PATH says comes second. */
function onPath(): readonly string[] {
  return ["/usr/bin", "/usr/local/bin", "/bin", ...trustedPath()].map((folder) => join(folder, "bwrap"));
}

async function firstExecutable(candidates: readonly string[]): Promise<string | undefined> {
  for (const candidate of candidates) {
    const file = await realpath(candidate).catch(() => undefined);
    if (file === undefined) continue;
    const runs = access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (await runs) return file;
  }
  return undefined;
}

function missing(message: string, hint: string, detail?: string): FoundSandbox {
  return {
    ok: false,
    failure: failure("sandbox.missing", message, { hint, ...(detail === undefined ? {} : { detail }) }),
  };
}
