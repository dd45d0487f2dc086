import * as l10n from "@vscode/l10n";
import { useState } from "preact/hooks";
import { MAX_REASON_CHARS } from "../src/protocol/fields";

interface ReasonFieldProps {
  /** What the button says. */
  readonly verb: string;
  readonly onSend: (reason: string) => void;
  readonly onLeave: () => void;
}

/** One line for the reason. Not a form: a webview's forms are switched off. */
export function ReasonField({ verb, onSend, onLeave }: ReasonFieldProps) {
  const [reason, setReason] = useState("");
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, Enter only ends the word.
    if (event.isComposing) return;
    if (event.key === "Enter") onSend(reason.trim());
    if (event.key === "Escape") onLeave();
  };
  return (
    <div class="reason">
      <label>
        <span>{l10n.t("Reason (optional)")}</span>
        <input
          type="text"
          autocomplete="off"
          maxLength={MAX_REASON_CHARS}
          value={reason}
          ref={focusOnce}
          onInput={(event) => setReason(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </label>
      <button type="button" onClick={() => onSend(reason.trim())}>
        {verb}
      </button>
      <button type="button" class="secondary" onClick={onLeave}>
        {l10n.t("Cancel")}
      </button>
    </div>
  );
}

function focusOnce(input: HTMLInputElement | null): void {
  input?.focus();
}
