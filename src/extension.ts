import * as vscode from "vscode";
import { tellApprovals } from "./host/approvals";
import { registerCommands } from "./host/commands";
import { keepContextKeys } from "./host/context-keys";
import { demoGoal, takeDemoStart } from "./host/model/demo";
import { reportFailures } from "./host/failures";
import { registerFindingActions } from "./host/review/finding-commands";
import { FindingDiagnostics } from "./host/review/finding-diagnostics";
import { registerHistoryDocuments } from "./host/history/history-documents";
import { HistoryTree } from "./host/history/history-tree";
import { createFirstLook } from "./host/first-look";
import { keepOnScreen } from "./host/review/on-screen";
import { registerOrigins } from "./host/review/origin-commands";
import { start } from "./host/plan/plan-commands";
import { PlanDocuments } from "./host/plan/plan-documents";
import { dropSubtask } from "./host/plan/plan-edit-commands";
import { PlanLanguage } from "./host/plan/plan-language";
import { PlanPreviews } from "./host/plan/plan-preview";
import { tellQuestions } from "./host/questions";
import { registerComments } from "./host/review/register-comments";
import { registerReviewDocuments } from "./host/review/review-documents";
import { registerReviewPanel } from "./host/review/review-panel";
import { currentSource, keepPanelOnRun } from "./host/review/review-source";
import { RunOwner } from "./host/run-owner";
import { registerRunReports } from "./host/run-report-document";
import { registerTranscripts } from "./host/transcript-documents";
import { RunTree } from "./host/tree/run-tree";
import { createStatusBar } from "./host/status-bar";
import { workspaceRepository } from "./host/workspace-repository";

let owner: RunOwner | undefined;

/** Wires the parts together. The only file that knows them all. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Braid", { log: true });
  const runs = new RunOwner(context, log);
  const documents = new PlanDocuments(runs, (take) => void reportFailures(log, take));
  const tree = new RunTree(
    runs,
    (subtask, onto) => void reportFailures(log, () => dropSubtask(commands, subtask, onto)),
  );
  owner = runs;
  const history = new HistoryTree(runs);
  const language = new PlanLanguage();
  const previews = new PlanPreviews(context.extensionUri, language);
  const findings = new FindingDiagnostics(runs);
  const look = createFirstLook(tree, async () => {
    await runs.restore();
    await reportFailures(log, async () => {
      const repo = await workspaceRepository().catch(() => undefined);
      if (repo === undefined || !(await takeDemoStart(repo))) return;
      // Planning goes on for long; nobody waits for it.
      void reportFailures(log, async () => start(commands, await demoGoal(context)));
    });
  });
  const commands = { context, owner: runs, tree, documents, previews, findings, history, look, log };
  context.subscriptions.push(
    log,
    runs,
    tree,
    documents,
    findings,
    registerFindingActions(findings),
    registerRunReports(runs),
    registerTranscripts(runs),
    history,
    registerHistoryDocuments(),
    registerOrigins(),
    createStatusBar(runs),
    keepContextKeys(runs),
    keepOnScreen(runs),
    registerComments(runs, log),
    tellQuestions(runs, log),
    tellApprovals(runs, log),
    registerCommands(commands),
    language,
    previews,
    look,
    keepPanelOnRun(runs, context.extensionUri),
    registerReviewDocuments(async () => runs.run?.ports.repo ?? runs.shown?.repo ?? workspaceRepository()),
  );
  registerReviewPanel(context, async () => {
    await look.ready();
    return currentSource(runs);
  });
}

/** Stops the workers and gives the run's log back; VS Code waits a few seconds for it. */
export async function deactivate(): Promise<void> {
  await owner?.close();
}
