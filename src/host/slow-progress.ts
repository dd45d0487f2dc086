import * as vscode from "vscode";

/** What takes no longer says so by its result alone, in milliseconds. */
const SLOW_MS = 1_000;

/** Shows native progress beside an action that takes longer than a moment, with a button that calls `cancel`; gives what the action gives. */
export async function showWhenSlow<T>(
  { title, cancel }: { readonly title: string; readonly cancel: () => void },
  action: () => Promise<T>,
): Promise<T> {
  const result = action();
  const ended = result.then(
    () => undefined,
    () => undefined,
  );
  const timer = setTimeout(
    () =>
      void vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title, cancellable: true },
        (_progress, token) => {
          token.onCancellationRequested(cancel);
          return ended;
        },
      ),
    SLOW_MS,
  );
  return result.finally(() => clearTimeout(timer));
}
