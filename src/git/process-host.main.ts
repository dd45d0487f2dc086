/*
 * Starts git and other programs for another process, and lives as long as that one does. To start a process takes the longer the more memory the one has
 * that starts it, and nothing else happens there meanwhile: this one has little, and nothing else to do.
 */
import type { FromHost, ToHost } from "./process-host";
import { runGit, type GitEnding } from "./run-git";
import { runProgram, type ProgramEnding } from "./run-program";

const running = new Map<number, AbortController>();

process.on("message", (message: ToHost) => {
  if (message.kind === "abort") running.get(message.id)?.abort();
  else void carryOut(message);
});
// What is sent to the whole group of a terminal is for the one who asks: it says what is to end.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
void send({ kind: "ready" });

async function carryOut(asked: Exclude<ToHost, { kind: "abort" }>): Promise<void> {
  const { id } = asked;
  const abort = new AbortController();
  running.set(id, abort);
  try {
    await send({ kind: "ended", id, ending: await run(asked, abort.signal) });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    await send({ kind: "refused", id, code, message: error instanceof Error ? error.message : String(error) });
  } finally {
    running.delete(id);
  }
}

async function run(asked: Exclude<ToHost, { kind: "abort" }>, signal: AbortSignal): Promise<GitEnding | ProgramEnding> {
  if (asked.kind === "program") {
    // What was sent and not taken yet stays here: no more is read meanwhile.
    const onOutput = (bytes: Buffer) => send({ kind: "output", id: asked.id, bytes });
    return runProgram(asked.request, onOutput, signal);
  }
  const ending = await runGit(asked.request, signal);
  return ending.kind === "failed" ? { ...ending, cause: undefined } : ending;
}

/** Whoever asked may be gone: git has come to its end then, and nobody needs to know. */
function send(message: FromHost): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, () => resolve());
    else resolve();
  });
}
