import { consoleTerminal } from "../../../src/cli/terminal";

// Asks as a command does whose run has timers of its own, which keep the process from ending for want of anything to do.
const alive = setInterval(() => undefined, 1_000_000);
void consoleTerminal()
  .confirm("Go on?")
  .then((said) => {
    process.stdout.write(`${String(said)}\n`);
    clearInterval(alive);
  });
