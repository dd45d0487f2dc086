import type * as vscode from "vscode";
import type { FindingDiagnostics } from "./review/finding-diagnostics";
import type { HistoryTree } from "./history/history-tree";
import type { FirstLook } from "./first-look";
import type { ReviewComments } from "./review/review-comments";
import type { RunOwner } from "./run-owner";
import type { PlanDocuments } from "./plan/plan-documents";
import type { PlanPreviews } from "./plan/plan-preview";
import type { Row } from "./tree/run-rows";
import type { RunTree } from "./tree/run-tree";
import type { Welcome } from "./welcome";

/** What commands act on. */
export interface CommandContext {
  readonly context: vscode.ExtensionContext;
  readonly owner: RunOwner;
  readonly tree: RunTree;
  readonly documents: PlanDocuments;
  readonly previews: PlanPreviews;
  readonly findings: FindingDiagnostics;
  readonly history: HistoryTree;
  readonly comments: ReviewComments;
  readonly look: FirstLook;
  readonly welcome: Welcome;
  readonly log: vscode.LogOutputChannel;
}

/** Commands by id. `row` is the tree row a command was called on. */
export type Commands = Readonly<Record<string, (row?: Row) => Promise<unknown>>>;
