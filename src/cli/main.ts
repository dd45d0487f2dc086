import { BraidError, describeFailure, toFailure } from "../core/failure";
import { parseCommandLine } from "./arguments";
import { UsageError } from "./usage-error";
import { EXIT, exitCodeOf } from "./exit";
import type { Terminal } from "./terminal";
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
        return await (await import("./commands/plan-command")).runPlan(command, terminal);
      case "run":
        return await (await import("./commands/run-command")).runRun(command, terminal);
      case "resume":
        return await (await import("./commands/resume-command")).runResume(command, terminal);
      case "amend":
        return await (await import("./commands/amend-command")).runAmend(command, terminal);
      case "models":
        return await (await import("./commands/models-command")).runModels(command, terminal);
      case "approvals":
        return await (await import("./commands/approvals-command")).runApprovals(command, terminal);
      case "doctor":
        return await (await import("./commands/doctor-command")).runDoctor(command, terminal);
      case "history":
        return await (await import("./commands/history-command")).runHistory(command, terminal);
      case "show":
        return await (await import("./commands/history-command")).runShow(command, terminal);
      case "clean":
        return await (await import("./commands/clean-command")).runClean(command, terminal);
      case "restore":
        return await (await import("./commands/clean-command")).runRestore(command, terminal);
      case "status":
        return await (await import("./commands/status-command")).runStatus(command, terminal);
      case "review":
        return await (await import("./commands/review-command")).runReview(command, terminal);
      case "report":
        return await (await import("./commands/report-command")).runReport(command, terminal);
      case "origin":
        return await (await import("./commands/origin-command")).runOrigin(command, terminal);
      case "resolve":
        return await (await import("./commands/resolve-command")).runResolve(command, terminal);
      case "accept":
      case "undo":
      case "rebase":
      case "reject":
        return await (await import("./commands/decision-command")).runDecision(command, terminal);
      case "steer":
        return await (await import("./commands/steer-command")).runSteer(command, terminal);
      case "demo":
        return await (await import("./commands/demo-command")).runDemo(command, terminal);
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
