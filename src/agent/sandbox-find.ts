import { access, constants, realpath } from "node:fs/promises";
import { join } from "node:path";
import { failure, type Failure } from "../core/failure";
import { trustedPath } from "../git/trusted-path";
import { runBubblewrap } from "./bubblewrap";
import { systemMounts } from "./sandbox-mounts";

/** A sandbox that was seen to work, or what to do about it. */
export type FoundSandbox =
  | { readonly ok: true; readonly binary: string }
  | { readonly ok: false; readonly failure: Failure };

/** Looks for bubblewrap and runs `true` in it, as one that is installed may still be forbidden. About 20 ms. */
export async function findSandbox(candidates: readonly string[] = onPath()): Promise<FoundSandbox> {
  if (process.platform !== "linux")
    return missing(
      `Braid has no sandbox for ${process.platform}.`,
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
  if (outcome.kind === "exited" && outcome.exitCode === 0) return { ok: true, binary };
  return missing(
    "Commands need a sandbox, and bubblewrap does not work here.",
    "Allow unprivileged user namespaces (in a container: run it with --privileged; on Ubuntu: see apparmor_restrict_unprivileged_userns).",
    outcome.kind === "exited" ? outcome.output : outcome.detail,
  );
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
