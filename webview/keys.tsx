import * as l10n from "@vscode/l10n";
import { useEffect, useRef } from "preact/hooks";

/** What a key does, whatever has the focus outside of a text field. */
export type KeyAction =
  | "next"
  | "previous"
  | "first"
  | "last"
  | "next-hunk"
  | "previous-hunk"
  | "next-file"
  | "previous-file"
  | "tick"
  | "tick-file"
  | "viewed"
  | "comment"
  | "request"
  | "accept"
  | "undo"
  | "redo"
  | "reject"
  | "open"
  | "help";

/** The keys, as they act and as the help lists them. */
export const KEYS: readonly { readonly key: string; readonly action: KeyAction; readonly text: string }[] = [
  { key: "j", action: "next", text: l10n.t("Next subtask") },
  { key: "k", action: "previous", text: l10n.t("Previous subtask") },
  { key: "n", action: "next-hunk", text: l10n.t("Next hunk") },
  { key: "p", action: "previous-hunk", text: l10n.t("Previous hunk") },
  { key: "N", action: "next-file", text: l10n.t("Next file") },
  { key: "P", action: "previous-file", text: l10n.t("Previous file") },
  { key: "x", action: "tick", text: l10n.t("Tick or untick the hunk (so does Space)") },
  { key: "X", action: "tick-file", text: l10n.t("Tick or untick the file") },
  { key: "v", action: "viewed", text: l10n.t("Mark the file as viewed and go to the next") },
  { key: "c", action: "comment", text: l10n.t("Comment on the hunk") },
  { key: "g", action: "request", text: l10n.t("Request changes…") },
  { key: "a", action: "accept", text: l10n.t("Accept what is ticked") },
  { key: "r", action: "reject", text: l10n.t("Reject…") },
  { key: "u", action: "undo", text: l10n.t("Undo the accept, or what is unticked of it") },
  { key: "U", action: "redo", text: l10n.t("Redo what was undone") },
  { key: "o", action: "open", text: l10n.t("Open the file in the diff editor") },
  { key: "?", action: "help", text: l10n.t("Show or hide these keys") },
];

/** Keys that move within the queue while the focus is there. */
const QUEUE_KEYS: Readonly<Record<string, KeyAction>> = {
  ArrowDown: "next",
  ArrowUp: "previous",
  Home: "first",
  End: "last",
};

/** What may repeat while its key is held down; a decision may not. */
const REPEATS: ReadonlySet<KeyAction> = new Set([
  "next",
  "previous",
  "next-hunk",
  "previous-hunk",
  "next-file",
  "previous-file",
]);

/** Listens for the panel's keys while the page stands. */
export function useKeys(onAction: (action: KeyAction) => void): void {
  const latest = useRef(onAction);
  latest.current = onAction;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest("input:not([type=checkbox]), textarea, select") !== null) return;
      const inQueue = target?.closest("[data-subtask]") !== null;
      const action = KEYS.find(({ key }) => key === event.key)?.action ?? (inQueue ? QUEUE_KEYS[event.key] : undefined);
      if (action === undefined || (event.repeat && !REPEATS.has(action))) return;
      event.preventDefault();
      latest.current(action);
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

interface KeyHelpProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** The list of keys, as a dialog: Escape closes it and the focus goes back. */
export function KeyHelp({ open, onClose }: KeyHelpProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && dialog.current?.open === false) dialog.current.showModal();
    if (!open) dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} aria-labelledby="keys-title" onClose={onClose}>
      <h2 id="keys-title">{l10n.t("Keys")}</h2>
      <dl class="keys">
        {KEYS.map(({ key, text }) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={onClose}>
        {l10n.t("Close")}
      </button>
    </dialog>
  );
}
