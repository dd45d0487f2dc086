import { main } from "./main";
import { consoleTerminal } from "./terminal";

// No `await` at the top: in the package this is a file that has none there. It never rejects.
void start();

async function start(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), consoleTerminal());
  // Keep-alive sockets of the API client must not hold the process; what a pipe has not taken yet must.
  process.stdout.write("", () => setImmediate(() => process.exit()));
}
