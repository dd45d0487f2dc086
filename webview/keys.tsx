import { useEffect, useRef } from "preact/hooks";

/** What a key does, whatever has the focus outside of a text field. */
export type KeyAction =
  | "next"
  | "previous"
  | "first"
  | "last"
  | "next-file"
  | "previous-file"
  | "accept"
  | "reject"
  | "open"
  | "help";

/** The keys, as they act and as the help lists them. */
export const KEYS: readonly { readonly key: string; readonly action: KeyAction; readonly text: string }[] = [
  { key: "j", action: "next", text: "Next subtask" },
  { key: "k", action: "previous", text: "Previous subtask" },
  { key: "n", action: "next-file", text: "Next file" },
  { key: "p", action: "previous-file", text: "Previous file" },
  { key: "a", action: "accept", text: "Accept" },
  { key: "r", action: "reject", text: "Reject…" },
  { key: "o", action: "open", text: "Open the file in the diff editor" },
  { key: "?", action: "help", text: "Show or hide these keys" },
];

/** Keys that move within the queue while the focus is there. */
const QUEUE_KEYS: Readonly<Record<string, KeyAction>> = {
  ArrowDown: "next",
  ArrowUp: "previous",
  Home: "first",
  End: "last",
};

/** What may repeat while its key is held down; a decision may not. */
const REPEATS: ReadonlySet<KeyAction> = new Set(["next", "previous", "next-file", "previous-file"]);

/** Listens for the panel's keys while the page stands. */
export function useKeys(onAction: (action: KeyAction) => void): void {
  const latest = useRef(onAction);
  latest.current = onAction;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest("input, textarea, select") !== null) return;
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
      <h2 id="keys-title">Keys</h2>
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
        Close
      </button>
    </dialog>
  );
}

/** The path of the file that has the focus, or of the first. */
export function currentFile(): string | null {
  const files = [...document.querySelectorAll<HTMLElement>("[data-file]")];
  const current = files.find((file) => file.contains(document.activeElement)) ?? files[0];
  return current?.dataset["file"] ?? null;
}

/** Puts the focus on the header of the file `step` further on, and brings it to the top. */
export function moveToFile(step: number): void {
  const files = [...document.querySelectorAll<HTMLElement>("[data-file]")];
  const at = files.findIndex((file) => file.contains(document.activeElement));
  const next = files[at === -1 ? 0 : Math.min(files.length - 1, Math.max(0, at + step))];
  next?.querySelector<HTMLElement>(".file-toggle")?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "start" });
}
