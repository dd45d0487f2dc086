import * as vscode from "vscode";
import { BraidError, failure } from "../../core/failure";
import { asText } from "../as-text";
import type { LeftInReview } from "../../core/review/passing";
import { readPassing } from "../../run/accept/read-passing";
import type { Run } from "../../run/run";

/**
 * Accepts all that passes, with progress that can be stopped; of what was `shown`, by commit, where somebody looked. Throws what
 * the first that stayed out was refused with. What nobody should take without a look is named.
 */
export async function acceptAllPassing(run: Run, shown?: ReadonlyMap<string, string>): Promise<void> {
  const { wishes, left } = await readPassing(run.ports.repo, run.state());
  const wanted = wishes.filter(({ subtask }) => shown?.has(subtask) ?? true);
  const accept = wanted.map(({ subtask }) => subtask);
  if (accept.length === 0) {
    const byName = left.filter((each) => each.byName);
    const why = byName.length === 0 ? "" : ` ${stayWords(byName)}`;
    throw new BraidError(
      failure("run.state", `No result can be accepted without a look.${why}`, {
        hint: "Review them one by one, and accept each by itself.",
        detail: left.map(({ subtask, reason }) => `${subtask}: ${reason}`).join("\n"),
      }),
    );
  }
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
        .acceptAll(wanted.map((wish) => ({ ...wish, shown: shown?.get(wish.subtask) ?? wish.shown })))
        .finally(() => told.dispose());
    },
  );
  const refused = outcomes.flatMap((outcome) => (outcome.kind === "refused" ? [outcome] : []));
  const [first] = refused;
  void tellOfStaying(left);
  if (first === undefined) return;
  const names = refused.map(({ subtask }) => subtask).join(", ");
  throw new BraidError({ ...first.failure, message: `${names} stayed out. ${first.failure.message}` });
}

/** Names what stayed because it looks suspicious, and leads there; nobody waits for the answer. */
async function tellOfStaying(left: readonly LeftInReview[]): Promise<void> {
  const byName = left.filter((each) => each.byName);
  const [first] = byName;
  if (first === undefined) return;
  const open = vscode.l10n.t("Open Review");
  const choice = await vscode.window.showWarningMessage(
    vscode.l10n.t("Braid: Not accepted without a look: {0} Review it, and accept it by itself.", stayWords(byName)),
    open,
  );
  if (choice === open) await vscode.commands.executeCommand("braid.openReview", { kind: "subtask", id: first.subtask });
}

/** The most results a message names. */
const MAX_NAMED = 3;

function stayWords(left: readonly LeftInReview[]): string {
  const named = left.slice(0, MAX_NAMED).map(({ subtask, reason }) => asText(`${subtask}: ${reason}`));
  return [...named, ...(left.length > MAX_NAMED ? [`And ${left.length - MAX_NAMED} more.`] : [])].join(" ");
}
