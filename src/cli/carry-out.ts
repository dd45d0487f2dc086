import { runAmend } from "./commands/amend-command";
import { runApprovals } from "./commands/approvals-command";
import { runClean, runRestore } from "./commands/clean-command";
import { runDecision } from "./commands/decision-command";
import { runDemo } from "./commands/demo-command";
import { runDoctor } from "./commands/doctor-command";
import { runHistory, runShow } from "./commands/history-command";
import { runModels } from "./commands/models-command";
import { runOrigin } from "./commands/origin-command";
import { runPlan } from "./commands/plan-command";
import { runReport } from "./commands/report-command";
import { runTranscript } from "./commands/transcript-command";
import { runTrace } from "./commands/trace-command";
import { runResolve } from "./commands/resolve-command";
import { runResume } from "./commands/resume-command";
import { runReview } from "./commands/review-command";
import { runRun } from "./commands/run-command";
import { runStatus } from "./commands/status-command";
import { runSteer } from "./commands/steer-command";
import type { Command } from "./command";
import type { Terminal } from "./terminal";

/** Carries one command out and resolves with its exit code. Throws what the command does. */
export function carryOut(command: Exclude<Command, { readonly name: "help" }>, terminal: Terminal): Promise<number> {
  switch (command.name) {
    case "plan":
      return runPlan(command, terminal);
    case "run":
      return runRun(command, terminal);
    case "resume":
      return runResume(command, terminal);
    case "amend":
      return runAmend(command, terminal);
    case "models":
      return runModels(command, terminal);
    case "approvals":
      return runApprovals(command, terminal);
    case "doctor":
      return runDoctor(command, terminal);
    case "clean":
      return runClean(command, terminal);
    case "restore":
      return runRestore(command, terminal);
    case "history":
      return runHistory(command, terminal);
    case "show":
      return runShow(command, terminal);
    case "status":
      return runStatus(command, terminal);
    case "review":
      return runReview(command, terminal);
    case "report":
      return runReport(command, terminal);
    case "transcript":
      return runTranscript(command, terminal);
    case "trace":
      return runTrace(command, terminal);
    case "origin":
      return runOrigin(command, terminal);
    case "resolve":
      return runResolve(command, terminal);
    case "accept":
    case "undo":
    case "redo":
    case "rebase":
    case "reject":
      return runDecision(command, terminal);
    case "steer":
      return runSteer(command, terminal);
    case "demo":
      return runDemo(command, terminal);
  }
}
