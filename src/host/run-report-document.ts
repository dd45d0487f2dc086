import * as vscode from "vscode";
import { writeRunReport } from "../core/run-report";
import { toRunView } from "../core/state/view";
import { readRun } from "../run/log/store";
import type { CommandContext, Commands } from "./command-context";
import type { RunOwner } from "./run-owner";
import { showMarkdown } from "./show-markdown";
import { repositoryOf } from "./workspace-repository";

/** Scheme of the read-only reports; the path names the run. */
const REPORT_SCHEME = "braid-report";

/** Serves the report of a run as a Markdown document, and writes it anew while the run goes on. */
export function registerRunReports(owner: RunOwner): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  let timer: NodeJS.Timeout | undefined;
  const isOpen = () => vscode.workspace.textDocuments.some(({ uri }) => uri.scheme === REPORT_SCHEME);
  return vscode.Disposable.from(
    changed,
    new vscode.Disposable(() => clearTimeout(timer)),
    vscode.Disposable.from(
      owner.onDidChange(() => {
        const run = owner.view;
        if (run === undefined || timer !== undefined || !isOpen()) return;
        timer = setTimeout(() => {
          timer = undefined;
          changed.fire(reportUri(run.id));
        }, QUIET_MS);
      }),
    ),
    vscode.workspace.registerTextDocumentContentProvider(REPORT_SCHEME, {
      onDidChange: changed.event,
      async provideTextDocumentContent(uri) {
        const id = /^\/(\w+)\/report\.md$/u.exec(uri.path)?.[1] ?? "";
        if (owner.view?.id === id) return writeRunReport(owner.view);
        return writeRunReport(toRunView(await readRun(await repositoryOf(id), id)));
      },
    }),
  );
}

/** A report is written again this long after a change, in milliseconds. */
const QUIET_MS = 500;

/** `Braid: Open Report`, and `Braid: Show Run as Text`: the same in an editor, line by line, for whoever reads or hears it best there. */
export function reportCommands(c: CommandContext): Commands {
  const shown = (): string => c.owner.view?.id ?? c.owner.require().id;
  return {
    "braid.openReport": () => showReportOf(shown()),
    "braid.showRunAsText": async () => {
      const document = await vscode.workspace.openTextDocument(reportUri(shown()));
      await vscode.window.showTextDocument(document, { preview: true });
    },
  };
}

/** Shows the report of a run, whoever has it. */
export function showReportOf(id: string): Promise<void> {
  return showMarkdown(reportUri(id));
}

function reportUri(run: string): vscode.Uri {
  return vscode.Uri.from({ scheme: REPORT_SCHEME, path: `/${run}/report.md` });
}
