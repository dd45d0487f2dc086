/*
 * Starts git for another process, and lives as long as that one does. To start a process takes the longer the more memory the one has
 * that starts it, and nothing else happens there meanwhile: this one has little, and nothing else to do.
 */
import type { FromHost, ToHost } from "./git-host";
import { runGit } from "./run-git";

const running = new Map<number, AbortController>();

process.on("message", (message: ToHost) => {
  if (message.kind === "abort") running.get(message.id)?.abort();
  else void carryOut(message);
});
// What is sent to the whole group of a terminal is for the one who asks: it says what is to end.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
send({ kind: "ready" });

async function carryOut({ id, request }: Extract<ToHost, { kind: "run" }>): Promise<void> {
  const abort = new AbortController();
  running.set(id, abort);
  try {
    const ending = await runGit(request, abort.signal);
    send({ kind: "ended", id, ending: ending.kind === "failed" ? { ...ending, cause: undefined } : ending });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    send({ kind: "refused", id, code, message: error instanceof Error ? error.message : String(error) });
  } finally {
    running.delete(id);
  }
}

/** Whoever asked may be gone: git has come to its end then, and nobody needs to know. */
function send(message: FromHost): void {
  if (process.connected) process.send?.(message, () => undefined);
}
