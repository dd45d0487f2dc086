import * as vscode from "vscode";
import { LONG_CALL_LINES, transcriptParts } from "../core/transcript-text";

/** A transcript is looked at this long after it grew, in milliseconds: by then VS Code has told where its reader has scrolled to. */
const LOOK_MS = 150;

/** An editor that was just opened may not know its parts yet, and does not tell: what is folded is folded once more a little later. */
const FOLD_TIMES = 2;
const AGAIN_MS = 2_000;

/**
 * Keeps transcripts readable while they grow: long calls of tools are folded, once each, so that what a reader opens stays open; and who
 * looks at the end stays there, until they scroll up or put the cursor elsewhere.
 */
export function keepTranscriptsReadable(scheme: string): vscode.Disposable {
  const folded = new WeakMap<vscode.TextDocument, Map<string, number>>();
  /** Where documents ended before what came since the last look. */
  const ends = new Map<vscode.TextDocument, number>();
  let timer: NodeJS.Timeout | undefined;
  let refolding: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    timer = undefined;
    const grown = [...ends];
    ends.clear();
    const following = vscode.window.visibleTextEditors.filter((editor) =>
      grown.some(([document, end]) => document === editor.document && isAtEnd(editor, end)),
    );
    for (const editor of following) showEnd(editor);
    const again = await fold(vscode.window.activeTextEditor);
    // What was folded moved the end.
    for (const editor of following) if (isAtEnd(editor, editor.document.lineCount - 1)) showEnd(editor);
    if (!again) return;
    // Of its own: what comes meanwhile is not to wait for it.
    clearTimeout(refolding);
    refolding = setTimeout(soon, AGAIN_MS);
  };
  const soon = (): void => {
    timer ??= setTimeout(() => void look(), LOOK_MS);
  };
  /** Folds what is to be folded in the editor that is looked at, the only one that can be; whether some of it is to be folded once more. */
  const fold = async (editor: vscode.TextEditor | undefined): Promise<boolean> => {
    if (editor?.document.uri.scheme !== scheme) return false;
    const times = folded.get(editor.document) ?? new Map<string, number>();
    folded.set(editor.document, times);
    const timesOf = (heading: string) => times.get(heading) ?? 0;
    const fresh = transcriptParts(editor.document.getText().split("\n")).filter(
      ({ isCall, from, to, heading }) => isCall && to - from > LONG_CALL_LINES && timesOf(heading) < FOLD_TIMES,
    );
    if (fresh.length === 0) return false;
    await vscode.commands.executeCommand("editor.fold", { levels: 1, selectionLines: fresh.map(({ from }) => from) });
    for (const heading of new Set(fresh.map((part) => part.heading))) times.set(heading, timesOf(heading) + 1);
    return fresh.some(({ heading }) => timesOf(heading) < FOLD_TIMES);
  };
  return vscode.Disposable.from(
    new vscode.Disposable(() => {
      clearTimeout(timer);
      clearTimeout(refolding);
    }),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (document.uri.scheme !== scheme || contentChanges.length === 0) return;
      if (!ends.has(document)) ends.set(document, document.lineCount - 1 - linesAdded(contentChanges));
      soon();
    }),
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      if (editor?.document.uri.scheme === scheme) soon();
    }),
    vscode.languages.registerFoldingRangeProvider(
      { scheme },
      {
        provideFoldingRanges: (document) =>
          transcriptParts(document.getText().split("\n"))
            .filter(({ from, to }) => to > from)
            .map(({ from, to }) => new vscode.FoldingRange(from, to)),
      },
    ),
  );
}

/** Puts cursor and view at the end, where the editor follows. */
export function showEnd(editor: vscode.TextEditor): void {
  const { range } = editor.document.lineAt(editor.document.lineCount - 1);
  editor.selection = new vscode.Selection(range.end, range.end);
  editor.revealRange(range);
}

/** Whether the reader was at the end, when it was there: in sight, and the cursor not put elsewhere. */
function isAtEnd(editor: vscode.TextEditor, end: number): boolean {
  const seen = Math.max(0, ...editor.visibleRanges.map((range) => range.end.line));
  return seen >= end - 1 && editor.selection.active.line >= end - 1;
}

function linesAdded(changes: readonly vscode.TextDocumentContentChangeEvent[]): number {
  return changes.reduce(
    (sum, { text, range }) => sum + text.split("\n").length - 1 - (range.end.line - range.start.line),
    0,
  );
}
