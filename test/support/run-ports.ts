import { openRepository } from "../../src/git/repository";
import type { RunPorts } from "../../src/run/ports";

/** Ports for what needs no model; `more` are the ones the test is about. */
export async function portsFor(dir: string, worktreeRoot: string, more: Partial<RunPorts> = {}): Promise<RunPorts> {
  return {
    repo: await openRepository(dir),
    model: { respond: () => Promise.reject(new Error("This test has no model.")) },
    resolveModel: (name) => name,
    worktreeRoot,
    now: Date.now,
    log: () => undefined,
    ...more,
  };
}
