import * as vscode from "vscode";
import { reportFailures } from "./host/failures";
import { mayRunWait } from "./host/first-look";
import type { PastRow } from "./host/history/history-tree";
import { createLateView } from "./host/late-view";
import { isPlan } from "./host/plan/is-plan";
import type { Row } from "./host/tree/run-rows";
import type { Wired } from "./host/wire";

let loaded: Promise<Wired> | undefined;

/** Registers what VS Code must know from the start, and no more: the rest is loaded when something first needs it. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Braid", { log: true });
  const wake = (): Promise<Wired> => {
    loaded ??= import("./host/wire").then(({ wire }) => wire({ context, log, runView, historyView }));
    return loaded;
  };
  const runView = createLateView<Row>("braid.run", wake, { showCollapseAll: true, canDrag: true });
  const historyView = createLateView<PastRow>("braid.history", wake);
  // A run may wait where Braid has run before, and the badge must say so. Before trust nothing runs.
  const wakeForRun = () => reportFailures(log, async () => (await mayRunWait()) && wake());
  const wakeForPlan = (document: vscode.TextDocument): void => {
    if (loaded === undefined && isPlan(document)) void reportFailures(log, wake);
  };
  context.subscriptions.push(
    log,
    runView,
    historyView,
    ...commandsIn(context.extension.packageJSON).map((id) =>
      vscode.commands.registerCommand(id, (argument: unknown) =>
        reportFailures(log, async () => (await wake()).run(id, argument)),
      ),
    ),
    vscode.window.registerWebviewPanelSerializer("braid.review", {
      deserializeWebviewPanel: async (panel) => (await wake()).revive(panel),
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void wakeForRun()),
    vscode.workspace.onDidOpenTextDocument(wakeForPlan),
    vscode.workspace.onDidChangeTextDocument(({ document }) => wakeForPlan(document)),
  );
  for (const document of vscode.workspace.textDocuments) wakeForPlan(document);
  void wakeForRun();
}

/** Stops the workers and gives the run's log back; VS Code waits a few seconds for it. */
export async function deactivate(): Promise<void> {
  // What never came has nothing to give back.
  const wired = await loaded?.catch(() => undefined);
  await wired?.close();
}

/** The ids of the commands that package.json declares. */
function commandsIn(manifest: {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}): readonly string[] {
  return manifest.contributes.commands.map(({ command }) => command);
}
