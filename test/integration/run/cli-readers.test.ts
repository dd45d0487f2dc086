import { equal, match } from "node:assert/strict";
import { spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { resolve } from "node:path";

/** The built command line, with its output where a test wants it. */
function braid(stdio: StdioOptions, ...args: readonly string[]) {
  return spawn(process.execPath, [resolve("dist/cli.mjs"), ...args], { stdio });
}

describe("a command line nobody reads", function () {
  this.timeout(60_000);
  it("has the exit code it would have, when the reader of what is wrong has gone", async () => {
    const child = braid(["ignore", "ignore", "pipe"], "launch");
    child.stderr?.destroy();
    equal((await once(child, "close"))[0], 2);
  });

  it("says so, without a stack, where there is no room for what it says, and fails", async function () {
    if (!existsSync("/dev/full")) this.skip();
    const full = openSync("/dev/full", "w");
    const child = braid(["ignore", full, "pipe"], "help");
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
    const [code] = await once(child, "close");
    closeSync(full);
    match(said, /^braid: What there is to say cannot be written: ENOSPC[^\n]*\n$/u);
    equal(code, 1);
  });
});
