import * as vscode from "vscode";
import { BraidError, describeFailure } from "../core/failure";
import type { Run } from "../run/run";
import { reportFailures } from "./failures";

/** Tells of a run in the output channel, of what stops it in a message, and git's own views that the branch moved. */
export function logRun(run: Run, log: vscode.LogOutputChannel): void {
  run.onDidRecord(({ event }) => {
    const about = "subtask" in event && event.subtask !== null ? ` ${event.subtask}` : "";
    const why =
      "failure" in event ? `: ${describeFailure(event.failure)}\n${event.failure.detail ?? ""}`.trimEnd() : "";
    log.info(`${run.id} ${event.type}${about}${why}`);
    // The source control view does not notice by itself that index and branch moved.
    if (event.type === "accept.completed" || event.type === "undo.completed")
      void vscode.commands.executeCommand("git.refresh").then(undefined, () => undefined);
  });
  run.onDidFail((told) => void reportFailures(log, () => Promise.reject(new BraidError(told))));
}
