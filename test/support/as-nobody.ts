import { endProcessHost } from "../../src/git/process-host";

/** Runs `action` as a user whom permissions bind: root is not stopped by them, and the test machines are root. */
export async function asNobody<T>(action: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0 || process.seteuid === undefined) return action();
  // A process that starts git for this one is who this one was when it was started.
  await endProcessHost();
  process.seteuid(65_534);
  try {
    return await action();
  } finally {
    process.seteuid(0);
    await endProcessHost();
  }
}
