import * as l10n from "@vscode/l10n";
import { useState } from "preact/hooks";
import { MAX_REASON_CHARS } from "../src/protocol/fields";

interface LineFieldProps {
  readonly label: string;
  readonly button: string;
  readonly busy: boolean;
  readonly onSend: (text: string) => void;
  /** Where the field can be closed without sending. */
  readonly onLeave?: () => void;
}

/** One line of text with its button; Enter sends, blank text does not. Not a form: a webview's forms are switched off. */
export function LineField({ label, button, busy, onSend, onLeave }: LineFieldProps) {
  const [text, setText] = useState("");
  const send = (): void => {
    if (text.trim() === "" || busy) return;
    setText("");
    onSend(text.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, Enter only ends the word.
    if (event.isComposing) return;
    if (event.key === "Enter") send();
    if (event.key === "Escape") onLeave?.();
  };
  return (
    <div class="reason">
      <label>
        <span>{label}</span>
        <input
          type="text"
          autocomplete="off"
          maxLength={MAX_REASON_CHARS}
          value={text}
          ref={onLeave === undefined ? null : focusOnce}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </label>
      <button type="button" disabled={busy || text.trim() === ""} onClick={send}>
        {button}
      </button>
      {onLeave !== undefined && (
        <button type="button" class="secondary" onClick={onLeave}>
          {l10n.t("Cancel")}
        </button>
      )}
    </div>
  );
}

/** A field that was opened on purpose takes the focus. */
function focusOnce(input: HTMLInputElement | null): void {
  input?.focus();
}
