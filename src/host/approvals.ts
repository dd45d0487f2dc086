import * as vscode from "vscode";
import {
  answersTo,
  describeRequest,
  questionOf,
  shownCommand,
  type Approval,
  type ApprovalAnswer,
} from "../core/approval";
import { BraidError, failure } from "../core/failure";
import type { Run } from "../run/run";
import { asText, asTooltip } from "./as-text";
import type { CommandContext, Commands } from "./command-context";
import { forgetApprovals } from "./forget-approvals";
import type { RunOwner } from "./run-owner";
import type { Row } from "./tree/run-rows";

/** Scheme of the read-only documents that show in full what is asked for. */
const SCHEME = "braid-approval";

/** `Braid: Allow or Deny Command…`. */
export function approvalCommands(c: CommandContext): Commands {
  return {
    "braid.answerApproval": async (row) => {
      const run = c.owner.require();
      const approval = await chooseApproval(run, row);
      if (approval !== undefined) await decide(run, approval);
    },
    "braid.forgetApprovals": () => forgetApprovals(c),
  };
}

/** Serves what is asked for in full. */
export function registerApprovalDocuments(owner: RunOwner): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent({ query }) {
      const approval = owner.run?.state().approvals.find((one) => one.key === query);
      return approval === undefined ? "" : `${describeRequest(approval)}\n`;
    },
  });
}

/** A row of the Run view. */
export function approvalItem(approval: Approval | undefined, row: Row): vscode.TreeItem {
  if (approval === undefined) return new vscode.TreeItem("");
  const item = new vscode.TreeItem(firstLine(approval));
  item.id = `approval-${approval.key}`;
  item.iconPath = new vscode.ThemeIcon("shield", new vscode.ThemeColor("list.warningForeground"));
  item.description = vscode.l10n.t("waits for your word · {0}", asText(approval.subtask ?? approval.source));
  item.tooltip = asTooltip(describeRequest(approval));
  item.contextValue = "approval";
  item.accessibilityInformation = { label: vscode.l10n.t("Waits for your word: {0}", describeRequest(approval)) };
  item.command = { command: "braid.answerApproval", title: vscode.l10n.t("Allow or Deny…"), arguments: [row] };
  return item;
}

/** Tells of a request; it only leads to the whole text, never past it. `name` is its run's. */
export async function tellApproval(run: Run, approval: Approval, name: string): Promise<void> {
  const look = vscode.l10n.t("Look…");
  const choice = await vscode.window.showWarningMessage(
    vscode.l10n.t('Braid, "{0}": {1}', name, questionText(approval)),
    look,
  );
  if (choice !== look) return;
  // Answered elsewhere since, or nobody waits for it any more.
  if (run.view.approvals.some(({ key }) => key === approval.key)) await decide(run, approval);
  else await vscode.commands.executeCommand("braid.openReview");
}

/** Shows all of it, and takes the user's word; turning away leaves the request open. */
async function decide(run: Run, approval: Approval): Promise<void> {
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${approval.about}.txt`, query: approval.key });
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), {
    preview: true,
    preserveFocus: true,
  });
  // A notification, as a pick or a dialog would lie on the text.
  const answers = answersTo(approval.about).map((answer) => ({ title: wordOf(answer), answer }));
  const choice = await vscode.window.showWarningMessage(`Braid: ${questionText(approval)}`, ...answers);
  if (choice !== undefined) await run.command({ type: "allow", key: approval.key, answer: choice.answer });
}

/** The question for a notification or a pick, where text of a stranger's makes no links and no icons. */
function questionText(approval: Approval): string {
  return asText(shownCommand(questionOf(approval)));
}

function firstLine(approval: Approval): string {
  return asText(shownCommand(approval.commands[0] ?? "").split("\n", 1)[0] ?? "");
}

function wordOf(answer: ApprovalAnswer): string {
  switch (answer) {
    case "once":
      return vscode.l10n.t("Allow Once");
    case "run":
      return vscode.l10n.t("Allow for This Run");
    case "repository":
      return vscode.l10n.t("Allow for This Repository");
    case "deny":
      return vscode.l10n.t("Deny");
  }
}

/** The request of the row, the one there is, or one the user picks. Throws `run.state` where there is none. */
async function chooseApproval(run: Run, row: Row | undefined): Promise<Approval | undefined> {
  const waiting = run.view.approvals;
  const ofRow = row?.kind === "approval" ? waiting.find((one) => one.key === row.key) : undefined;
  if (ofRow !== undefined) return ofRow;
  if (waiting.length === 0) throw new BraidError(failure("run.state", "Nothing waits for your word."));
  if (waiting.length === 1) return waiting[0];
  const choice = await vscode.window.showQuickPick(
    waiting.map((approval) => ({
      label: questionText(approval),
      detail: firstLine(approval),
      approval,
    })),
    { title: vscode.l10n.t("Braid: Which one?") },
  );
  return choice?.approval;
}
