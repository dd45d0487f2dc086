import { BraidError, describeFailure, toFailure } from "../core/failure";
import { runAmend } from "./commands/amend-command";
import { parseCommandLine } from "./arguments";
import { UsageError } from "./usage-error";
import { runDecision } from "./commands/decision-command";
import { runDoctor } from "./commands/doctor-command";
import { runDemo } from "./commands/demo-command";
import { EXIT, exitCodeOf } from "./exit";
import { runModels } from "./commands/models-command";
import { runOrigin } from "./commands/origin-command";
import { runPlan } from "./commands/plan-command";
import { runReport } from "./commands/report-command";
import { runResume } from "./commands/resume-command";
import { runResolve } from "./commands/resolve-command";
import { runReview } from "./commands/review-command";
import { runRun } from "./commands/run-command";
import { runTrace } from "./commands/trace-command";
import { runSteer } from "./commands/steer-command";
import { runStatus } from "./commands/status-command";
import { consoleTerminal, type Terminal } from "./terminal";
import { USAGE, usageOf } from "./usage";

/** Runs one command line and resolves with its exit code; every failure is words on stderr, never a stack. */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const command = parseCommandLine(argv);
    switch (command.name) {
      case "help":
        terminal.out((command.of === undefined ? undefined : usageOf(command.of)) ?? USAGE);
        return EXIT.done;
      case "plan":
        return await runPlan(command, terminal);
      case "run":
        return await runRun(command, terminal);
      case "resume":
        return await runResume(command, terminal);
      case "amend":
        return await runAmend(command, terminal);
      case "models":
        return await runModels(command, terminal);
      case "doctor":
        return await runDoctor(command, terminal);
      case "status":
        return await runStatus(command, terminal);
      case "review":
        return await runReview(command, terminal);
      case "report":
        return await runReport(command, terminal);
      case "trace":
        return await runTrace(command, terminal);
      case "origin":
        return await runOrigin(command, terminal);
      case "resolve":
        return await runResolve(command, terminal);
      case "accept":
      case "undo":
      case "reject":
        return await runDecision(command, terminal);
      case "steer":
        return await runSteer(command, terminal);
      case "demo":
        return await runDemo(command, terminal);
    }
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.error(`braid: ${error.message}\n\n${usageOf(argv[0] ?? "") ?? USAGE}`);
      return EXIT.usage;
    }
    const failure = toFailure(error);
    const detail = error instanceof BraidError && failure.code !== "internal" ? "" : `\n${failure.detail ?? ""}`;
    if (argv.includes("--json")) terminal.out(JSON.stringify({ type: "error", failure }));
    terminal.error(`braid: ${describeFailure(failure)}${detail}`);
    return exitCodeOf(failure.code);
  }
}

if (require.main === module) {
  const terminal = consoleTerminal();
  void main(process.argv.slice(2), terminal).then((code) => {
    process.exitCode = code;
    // Keep-alive sockets of the API client must not hold the process; what a pipe has not taken yet must.
    return process.stdout.write("", () => setImmediate(() => process.exit()));
  });
}
