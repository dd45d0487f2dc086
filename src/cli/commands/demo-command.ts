import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startDemo } from "../../demo/demo";
import { createDemoWorkspace } from "../../demo/workspace";
import { Run } from "../../run/run";
import type { Command } from "../command";
import { approvePlan, finish, printEvents, withRun } from "../drive";
import { openPorts } from "../ports";
import type { Terminal } from "../terminal";

/** `braid demo`: the whole path on the demo workspace, the model's part played from a scenario. */
export async function runDemo(command: Extract<Command, { name: "demo" }>, terminal: Terminal): Promise<number> {
  const dir =
    command.workspace === undefined
      ? await mkdtemp(join(tmpdir(), "braid-demo-"))
      : resolve(terminal.cwd, command.workspace);
  await createDemoWorkspace(dir);
  const demo = await startDemo();
  try {
    if (!command.json)
      terminal.out(
        `Demo workspace: ${dir}\nThe model's answers are scripted; git, worktrees, sandbox and tests are real.\n`,
      );
    const ports = await openPorts(dir, { apiKey: "demo", baseUrl: demo.url }, terminal, command);
    const run = await Run.create(
      ports,
      demo.goal,
      { concurrency: command.concurrency, attempts: 2, amendments: command.amend ?? "apply" },
      (created) => printEvents(created, command.json, terminal),
    );
    return await withRun(run, { ...command, terminal }, async () => {
      await run.plan();
      const code = await approvePlan(run, { ...command, yes: true }, terminal);
      return code ?? (await finish(run, command, terminal));
    });
  } finally {
    await demo.dispose();
  }
}
