import * as l10n from "@vscode/l10n";
import { useState } from "preact/hooks";
import { MAX_REASON_CHARS } from "../src/protocol/fields";

interface TextFieldProps {
  readonly label: string;
  /** What the button says. */
  readonly verb: string;
  readonly mayBeEmpty?: boolean;
  readonly onSend: (text: string) => void;
  readonly onLeave: () => void;
}

/** Some lines of text with their buttons; Ctrl+Enter sends, Escape leaves. Not a form: a webview's forms are switched off. */
export function TextField({ label, verb, mayBeEmpty = false, onSend, onLeave }: TextFieldProps) {
  const [text, setText] = useState("");
  const empty = text.trim() === "" && !mayBeEmpty;
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, a key only ends the word.
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !empty) onSend(text.trim());
    if (event.key === "Escape") onLeave();
  };
  return (
    <div class="text-field">
      <label>
        <span>{label}</span>
        <textarea
          rows={3}
          maxLength={MAX_REASON_CHARS}
          value={text}
          ref={focusOnce}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </label>
      <div class="buttons">
        <button type="button" disabled={empty} title="Ctrl+Enter" onClick={() => onSend(text.trim())}>
          {verb}
        </button>
        <button type="button" class="secondary" onClick={onLeave}>
          {l10n.t("Cancel")}
        </button>
      </div>
    </div>
  );
}

function focusOnce(area: HTMLTextAreaElement | null): void {
  area?.focus();
}
