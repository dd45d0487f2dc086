import * as vscode from "vscode";
import type { ChangedFile } from "../../core/state/events";
import { subtasksOf } from "../../core/state/view";
import type { RunOwner } from "../run-owner";
import { onDidChangeResults } from "./results-change";
import { REVIEW_SCHEME } from "./review-documents";

/** Marks changed files of results as Source Control does, in rows and tabs: by letter and colour. Files of the user's are left alone. */
export function registerReviewDecorations(owner: RunOwner): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  return vscode.Disposable.from(
    changed,
    onDidChangeResults(owner, () => changed.fire(undefined)),
    vscode.window.registerFileDecorationProvider({
      onDidChangeFileDecorations: changed.event,
      provideFileDecoration: (uri) => {
        if (uri.scheme !== REVIEW_SCHEME || owner.view === undefined) return undefined;
        const subtask = subtasksOf(owner.view).find(({ commit }) => commit !== null && commit === uri.query);
        const file = subtask?.files.find(({ path }) => `/${path}` === uri.path);
        return file === undefined ? undefined : DECORATIONS[file.status]();
      },
    }),
  );
}

const DECORATIONS: Readonly<Record<ChangedFile["status"], () => vscode.FileDecoration>> = {
  added: () => decoration("A", vscode.l10n.t("Added"), "addedResourceForeground"),
  modified: () => decoration("M", vscode.l10n.t("Modified"), "modifiedResourceForeground"),
  deleted: () => decoration("D", vscode.l10n.t("Deleted"), "deletedResourceForeground"),
  renamed: () => decoration("R", vscode.l10n.t("Renamed"), "renamedResourceForeground"),
  "type-changed": () => decoration("T", vscode.l10n.t("Type changed"), "modifiedResourceForeground"),
};

function decoration(badge: string, tooltip: string, colour: string): vscode.FileDecoration {
  return new vscode.FileDecoration(badge, tooltip, new vscode.ThemeColor(`gitDecoration.${colour}`));
}
