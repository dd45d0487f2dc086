import { BraidError, describeFailure, toFailure } from "../core/failure";
import { version } from "../../package.json";
import { plain } from "../core/plain";
import { withoutColours } from "../core/visible";
import { parseCommandLine } from "./arguments";
import { UsageError } from "./usage-error";
import { EXIT, exitCodeOf } from "./exit";
import type { Terminal } from "./terminal";
import { USAGE, usageOf } from "./usage";

/** Runs one command line and resolves with its exit code; every failure is words on stderr, never a stack. */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const command = parseCommandLine(argv);
    if (command.name === "help") {
      terminal.out((command.of === undefined ? undefined : usageOf(command.of)) ?? USAGE);
      return EXIT.done;
    }
    if (command.name === "version") {
      terminal.out(`braid ${version}`);
      return EXIT.done;
    }
    // What commands need takes longer to load than most words take to be wrong.
    const { carryOut } = await import("./carry-out");
    return await carryOut(command, terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      // All commands at once would push what was wrong out of sight.
      terminal.error(`braid: ${error.message}\n\n${usageOf(argv[0] ?? "") ?? "`braid help` lists the commands."}`);
      return EXIT.usage;
    }
    const failure = toFailure(error);
    const detail = error instanceof BraidError && failure.code !== "internal" ? "" : `\n${failure.detail ?? ""}`;
    if (argv.includes("--json")) terminal.out(JSON.stringify({ type: "error", failure }));
    // Names of files, output of git and a model's words are in it.
    terminal.error(plain(withoutColours(`braid: ${describeFailure(failure)}${detail}`)));
    return exitCodeOf(failure.code);
  }
}
