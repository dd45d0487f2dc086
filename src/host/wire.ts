import type * as vscode from "vscode";
import { registerApprovalDocuments } from "./approvals";
import { commandsOf } from "./commands";
import { keepContextKeys } from "./context-keys";
import { reportFailures } from "./failures";
import { createFirstLook } from "./first-look";
import { registerHistoryDocuments } from "./history/history-documents";
import { HistoryTree, type PastRow } from "./history/history-tree";
import type { LateView } from "./late-view";
import { noticePorts, tellNotices } from "./notices";
import { demoGoal } from "./model/demo";
import { takeDemoStart } from "./model/demo-mark";
import { start } from "./plan/plan-commands";
import { PlanDocuments } from "./plan/plan-documents";
import { dropSubtask } from "./plan/plan-edit-commands";
import { PlanLanguage } from "./plan/plan-language";
import { PlanPreviews } from "./plan/plan-preview";
import { registerFindingActions } from "./review/finding-commands";
import { FindingDiagnostics } from "./review/finding-diagnostics";
import { keepOnScreen } from "./review/on-screen";
import { registerOrigins } from "./review/origin-commands";
import { ReviewComments } from "./review/review-comments";
import { registerReviewDecorations } from "./review/review-decorations";
import { registerReviewDocuments } from "./review/review-documents";
import { reviveReviewPanel, ReviewPanel } from "./review/review-panel";
import { currentSource, keepPanelOnRun } from "./review/review-source";
import { RunOwner } from "./run-owner";
import { registerRunReports } from "./run-report-document";
import { createStatusBar } from "./status-bar";
import { registerTranscripts } from "./transcript-documents";
import type { Row } from "./tree/run-rows";
import { RunTree } from "./tree/run-tree";
import { keepWelcome } from "./welcome";
import { recallFolder, workspaceRepository } from "./workspace-repository";

/** What was registered at activation, before anything else was loaded. */
export interface Registered {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly runView: LateView<Row>;
  readonly historyView: LateView<PastRow>;
}

/** The window's parts, once something needed them. */
export interface Wired {
  /** Carries a command out; its argument is what VS Code or a link handed over. Throws what a user should read. */
  run(command: string, argument: unknown): Promise<unknown>;
  /** Fills a review panel that VS Code kept over a reload of the window. */
  revive(panel: vscode.WebviewPanel): Promise<void>;
  /** Stops the workers and gives the run's log back. */
  close(): Promise<void>;
}

/** Wires the parts together. With `extension.ts`, the only file that knows them all. */
export function wire({ context, log, runView, historyView }: Registered): Wired {
  recallFolder(context.workspaceState);
  const runs = new RunOwner(context, log);
  const documents = new PlanDocuments(runs, (take) => void reportFailures(log, take));
  const tree = new RunTree(
    runs,
    runView,
    (subtask, onto) => void reportFailures(log, () => dropSubtask(parts, subtask, onto)),
  );
  const history = new HistoryTree(runs, historyView);
  const language = new PlanLanguage();
  const previews = new PlanPreviews(context.extensionUri, language);
  const findings = new FindingDiagnostics(runs);
  const comments = new ReviewComments(runs);
  const look = createFirstLook(tree, async () => {
    await runs.restore();
    await reportFailures(log, async () => {
      const repo = await workspaceRepository().catch(() => undefined);
      if (repo === undefined || !(await takeDemoStart(repo))) return;
      // Planning goes on for long; nobody waits for it.
      void reportFailures(log, async () => start(parts, await demoGoal(context)));
    });
  });
  const welcome = keepWelcome(context, tree);
  const parts = { context, owner: runs, tree, documents, previews, findings, history, comments, look, welcome, log };
  const commands = commandsOf(parts);
  context.subscriptions.push(
    runs,
    tree,
    documents,
    findings,
    comments,
    registerFindingActions(findings),
    registerRunReports(runs),
    registerTranscripts(runs),
    history,
    registerHistoryDocuments(),
    registerOrigins(),
    createStatusBar(runs),
    keepContextKeys(runs),
    welcome,
    registerReviewDecorations(runs),
    keepOnScreen(runs),
    tellNotices(runs, noticePorts(runs, log)),
    registerApprovalDocuments(runs),
    language,
    previews,
    look,
    keepPanelOnRun(runs, context.extensionUri),
    registerReviewDocuments(async () => runs.run?.ports.repo ?? runs.shown?.repo ?? workspaceRepository()),
    { dispose: () => ReviewPanel.open?.dispose() },
  );
  return {
    async run(command, argument) {
      // A command is about the run that waits here, if one does.
      await look.ready();
      return commands(command, argument);
    },
    async revive(panel) {
      await look.ready();
      reviveReviewPanel(panel, context.extensionUri, currentSource(runs));
    },
    close: () => runs.close(),
  };
}
