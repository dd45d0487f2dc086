import { deepEqual, equal } from "node:assert/strict";
import { version } from "../../../package.json";
import { main } from "../../../src/cli/main";

/** Runs a command line in a terminal nobody sits at. */
async function run(...argv: readonly string[]) {
  const said: string[] = [];
  const code = await main(argv, {
    cwd: "/",
    env: {},
    interactive: false,
    out: (line) => void said.push(line),
    error: () => undefined,
    confirm: async () => false,
    ask: async () => "",
    onInterrupt: () => () => undefined,
  });
  return { code, said };
}

describe("the command line", () => {
  for (const argv of [["--version"], ["-V"]])
    it(`${argv.join(" ")} tells the version of the package`, async () =>
      deepEqual(await run(...argv), { code: 0, said: [`braid ${version}`] }));
  it("help for no command is no success", async () => {
    equal((await run("help", "run")).code, 0);
    deepEqual(await run("help", "launch"), { code: 2, said: [] });
  });
});
