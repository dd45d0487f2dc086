import { equal, ok, rejects } from "node:assert/strict";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runBubblewrap } from "../../src/agent/bubblewrap";
import { processesWith } from "../support/sandbox";
import { tempFolder } from "../support/temp-repo";

const MARKER = `braid-late-${process.pid}`;
const MOUNTS = ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"];

describe("a sandbox that is stopped while it starts", function () {
  this.timeout(60_000);
  const folder = tempFolder();
  after(() => folder.dispose());

  /** A stand-in for bubblewrap on a machine where it has a hard time. */
  function program(name: string, lines: string): string {
    const path = join(folder.dir, name);
    writeFileSync(path, `#!/bin/bash\n${lines}\n`);
    chmodSync(path, 0o755);
    return path;
  }
  const started = (binary: string, command: string, signal: AbortSignal) =>
    runBubblewrap({ binary, mounts: MOUNTS, env: { PATH: "/usr/bin:/bin" }, command, timeoutMs: 60_000, signal });
  async function noneLeft(): Promise<void> {
    for (let i = 0; i < 100 && processesWith(MARKER).length > 0; i += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    equal(processesWith(MARKER).length, 0);
  }

  it("by an abort, before it has named its first process: none is left waiting", async () => {
    // Its first process is there, and it names it long after whoever waits has lost patience.
    const slow = program("slow", `(exec -a ${MARKER} sleep 300) & sleep 3; echo "{ \\"child-pid\\": $! }" >&3; wait`);
    const stop = new AbortController();
    const outcome = started(slow, "true", stop.signal);
    setTimeout(() => stop.abort(new Error("stopped")), 50);
    await rejects(outcome, /stopped/u);
    await noneLeft();
  });

  it("by an abort, before it has begun: nothing has run", async () => {
    const slow = program("late", `sleep 2; exec /usr/bin/bwrap "$@"`);
    const ran = join(folder.dir, "ran");
    const stop = new AbortController();
    const outcome = started(slow, `: ${MARKER}; touch ${ran}; sleep 60`, stop.signal);
    setTimeout(() => stop.abort(new Error("stopped")), 50);
    await rejects(outcome, /stopped/u);
    await noneLeft();
    ok(!existsSync(ran));
  });

  it("by its own end, with somebody left who holds its pipes: it is not waited for", async () => {
    const gone = program("gone", `exec -a ${MARKER} sleep 100 &\necho "could not start" >&2`);
    const outcome = await started(gone, "true", new AbortController().signal);
    equal(outcome.kind, "failed");
    for (const pid of processesWith(MARKER)) process.kill(pid, "SIGKILL");
  });
});
