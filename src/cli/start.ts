import { main } from "./main";
import { consoleTerminal } from "./terminal";

// No `await` at the top: in the package this is a file that has none there. It never rejects.
void main(process.argv.slice(2), consoleTerminal()).then((code) => {
  process.exitCode = code;
  // Keep-alive sockets of the API client must not hold the process; what a pipe has not taken yet must.
  process.stdout.write("", () => setImmediate(() => process.exit()));
});
