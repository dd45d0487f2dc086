/* Runs a program in git's place until another process starts it, says which, and has it run a slow one: `process-host.main.mjs FOLDER`. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runGitAside } from "../../../src/git/process-host";

const [folder = ""] = process.argv.slice(2);
const run = async (name: string, lines: readonly string[]) => {
  const binary = join(folder, name);
  writeFileSync(binary, `#!/bin/sh\n${lines.join("\n")}\n`);
  chmodSync(binary, 0o755);
  const request = {
    dir: folder,
    binary,
    config: [],
    args: [folder],
    env: { PATH: process.env["PATH"] ?? "" },
    allowed: [],
  };
  const ending = await runGitAside(request);
  return ending.kind === "ended" ? ending.stdout.toString("utf8").trim() : "";
};
for (;;) {
  const host = await run("parent", ["echo $PPID"]);
  if (host === `${process.pid}`) continue;
  const slow = run("slow", ["sleep 0.5", 'echo > "$1/ended"']);
  process.stdout.write(host);
  await slow;
}
