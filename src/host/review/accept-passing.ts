import * as vscode from "vscode";
import { BraidError, failure } from "../../core/failure";
import { passingSubtasks } from "../../core/review/passing";
import type { Run } from "../../run/run";

/**
 * Accepts all that passes, with progress that can be stopped; of what was `shown`, by commit, where somebody looked. Throws what
 * the first that stayed out was refused with.
 */
export async function acceptAllPassing(run: Run, shown?: ReadonlyMap<string, string>): Promise<void> {
  const { accept: passing, left } = passingSubtasks(run.state());
  const accept = passing.filter((subtask) => shown?.has(subtask) ?? true);
  const staying = left.map(({ subtask, reason }) => `${subtask}: ${reason}`);
  if (accept.length === 0)
    throw new BraidError(
      failure("run.state", "No result can be accepted without a look.", {
        hint: "Review them one by one.",
        detail: staying.join("\n"),
      }),
    );
  const outcomes = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t("Braid: Merging {0}", accept.join(", ")),
      cancellable: true,
    },
    (progress, token) => {
      token.onCancellationRequested(() => run.merges.cancel());
      const told = run.onDidRecord(({ event }) => {
        if (event.type !== "queue.checked") return;
        const red = event.checks.some((check) => !check.passed);
        progress.report({
          message: red
            ? vscode.l10n.t("red with {0}", event.subtasks.join(", "))
            : vscode.l10n.t("green with {0}", event.subtasks.join(", ")),
        });
      });
      return run.merges
        .acceptAll(accept.map((subtask) => ({ subtask, shown: shown?.get(subtask) })))
        .finally(() => told.dispose());
    },
  );
  const refused = outcomes.flatMap((outcome) => (outcome.kind === "refused" ? [outcome] : []));
  const [first] = refused;
  if (first === undefined) return;
  const names = refused.map(({ subtask }) => subtask).join(", ");
  throw new BraidError({ ...first.failure, message: `${names} stayed out. ${first.failure.message}` });
}
