import type { Command } from "./command";
import type { Terminal } from "./terminal";

/** Carries one command out and resolves with its exit code; loads what this command needs. Throws what the command does. */
export async function carryOut(
  command: Exclude<Command, { readonly name: "help" | "version" }>,
  terminal: Terminal,
): Promise<number> {
  switch (command.name) {
    case "plan":
      return (await import("./commands/plan-command")).runPlan(command, terminal);
    case "run":
      return (await import("./commands/run-command")).runRun(command, terminal);
    case "resume":
      return (await import("./commands/resume-command")).runResume(command, terminal);
    case "amend":
      return (await import("./commands/amend-command")).runAmend(command, terminal);
    case "models":
      return (await import("./commands/models-command")).runModels(command, terminal);
    case "approvals":
      return (await import("./commands/approvals-command")).runApprovals(command, terminal);
    case "doctor":
      return (await import("./commands/doctor-command")).runDoctor(command, terminal);
    case "clean":
      return (await import("./commands/clean-command")).runClean(command, terminal);
    case "restore":
      return (await import("./commands/clean-command")).runRestore(command, terminal);
    case "history":
      return (await import("./commands/history-command")).runHistory(command, terminal);
    case "show":
      return (await import("./commands/history-command")).runShow(command, terminal);
    case "status":
      return (await import("./commands/status-command")).runStatus(command, terminal);
    case "review":
      return (await import("./commands/review-command")).runReview(command, terminal);
    case "report":
      return (await import("./commands/report-command")).runReport(command, terminal);
    case "transcript":
      return (await import("./commands/transcript-command")).runTranscript(command, terminal);
    case "trace":
      return (await import("./commands/trace-command")).runTrace(command, terminal);
    case "origin":
      return (await import("./commands/origin-command")).runOrigin(command, terminal);
    case "resolve":
      return (await import("./commands/resolve-command")).runResolve(command, terminal);
    case "accept":
    case "undo":
    case "redo":
    case "rebase":
    case "reject":
      return (await import("./commands/decision-command")).runDecision(command, terminal);
    case "steer":
      return (await import("./commands/steer-command")).runSteer(command, terminal);
    case "demo":
      return (await import("./commands/demo-command")).runDemo(command, terminal);
  }
}
