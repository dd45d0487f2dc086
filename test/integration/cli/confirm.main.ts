import { consoleTerminal } from "../../../src/cli/terminal";

// Asks as a command does whose run has timers of its own, which keep the process from ending for want of anything to do.
const alive = setInterval(() => undefined, 1_000_000);

async function ask(): Promise<void> {
  const said = await consoleTerminal().confirm("Go on?");
  process.stdout.write(said ? "true\n" : "false\n");
  clearInterval(alive);
}

void ask();
