import assert from "node:assert/strict";
import { processesWith, sandboxedWorktree, type SandboxedWorktree } from "../support/sandbox";

const FULL = process.env["BRAID_TEST_SIZE"] === "full";

describe("a command out of bounds is ended", function () {
  this.timeout(FULL ? 300_000 : 60_000);
  let at: SandboxedWorktree;
  before(async () => {
    at = await sandboxedWorktree();
  });
  after(() => at.dispose());

  for (const [what, command] of [
    ["when it sleeps", "exec -a MARKER sleep 600"],
    ["when it ignores SIGTERM", "trap '' TERM INT HUP; exec -a MARKER bash -c 'while :; do sleep 0.1; done' MARKER"],
    ["when it detaches", "setsid -f bash -c 'trap \"\" TERM; exec -a MARKER sleep 600'; sleep 600"],
    [
      "when it detaches twice",
      "(setsid -f setsid -f nohup bash -c 'exec -a MARKER sleep 600' >/dev/null 2>&1); sleep 600",
    ],
    ["when it stops itself", "kill -STOP $$; : MARKER"],
    ["when it forks for ever", "bomb() { bomb | bomb & wait; }; bomb MARKER 2>/dev/null; sleep 600"],
    [
      "when it forks under new names",
      `python3 -c 'import os, time\nwhile True:\n  try: os.fork()\n  except OSError: time.sleep(0.1)' MARKER`,
    ],
  ] as const)
    it(what, async () => {
      const marker = `braid-hostile-${what.replaceAll(" ", "-")}`;
      const outcome = await at.run(command.replaceAll("MARKER", marker), { timeoutMs: 1500 });
      assert.equal(outcome.timedOut, true);
      assert.deepEqual(processesWith(marker), []);
      assert.ok(outcome.durationMs < 10_000, `${outcome.durationMs} ms`);
    });

  it("however early it is cancelled", async () => {
    const marker = "braid-hostile-early";
    // Setting up takes about 20 ms, and each step of it must leave nothing behind.
    for (let delayMs = 0; delayMs < 40; delayMs += 0.5) {
      const abort = new AbortController();
      const running = at.run(`exec -a ${marker} sleep 600`, { signal: abort.signal });
      const timer = setTimeout(() => abort.abort(new Error("early")), delayMs);
      await assert.rejects(running, /^Error: early$/u);
      clearTimeout(timer);
    }
    assert.deepEqual(processesWith(marker), []);
  });

  it("with no more than its share of processes", async () => {
    const { output } = await at.run(
      `python3 -c 'import os, sys, signal
children = []
while True:
  try:
    pid = os.fork()
  except OSError:
    break
  if pid == 0:
    signal.pause()
  children.append(pid)
print(len(children))
for pid in children: os.kill(pid, 9)'`,
    );
    assert.ok(Number(output) > 500 && Number(output) < 1100, output);
  });

  it("and its output stays small however long it is", async () => {
    const bytes = FULL ? 10 * 2 ** 30 : 2 ** 29;
    const before = process.memoryUsage().rss;
    let peak = 0;
    const { output, truncated } = await at.run(`yes 0123456789 | head -c ${bytes}; echo end`, {
      timeoutMs: 280_000,
      onOutput: () => {
        peak = Math.max(peak, process.memoryUsage().rss);
      },
    });
    peak = Math.max(peak, process.memoryUsage().rss);
    assert.ok(truncated && output.length < 101_000 && output.endsWith("end\n"));
    assert.ok(peak - before < 200 * 2 ** 20, `${(peak - before) / 2 ** 20} MB more`);
  });

  it("when a file grows too large", async () => {
    const { output } = await at.run("truncate -s 5G big 2>&1 && echo DONE; ls -s big; rm -f big");
    assert.doesNotMatch(output, /DONE/u);
  });

  it("when it takes too much memory", async () => {
    const { output, exitCode } = await at.run("python3 -c 'x = bytearray(64 * 2**30); print(\"DONE\")'");
    assert.notEqual(exitCode, 0);
    assert.match(output, /MemoryError/u);
  });
});
