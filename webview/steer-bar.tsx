import * as l10n from "@vscode/l10n";
import { useRef, useState } from "preact/hooks";
import type { SubtaskView } from "../src/core/state/subtask-view";
import type { Actions } from "./actions";
import { LineField } from "./line-field";

interface SteerBarProps {
  readonly subtask: SubtaskView;
  readonly busy: boolean;
  readonly actions: Actions;
}

/** What can be done about a worker that is at it: tell it something, or stop it alone. */
export function SteerBar({ subtask, busy, actions }: SteerBarProps) {
  const [telling, setTelling] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const leave = (): void => {
    setTelling(false);
    button.current?.focus();
  };
  return (
    <div class="decision steer">
      <div class="buttons">
        <button
          ref={button}
          type="button"
          class="secondary"
          disabled={busy}
          aria-expanded={telling}
          onClick={() => setTelling(!telling)}
        >
          {l10n.t("Message…")}
        </button>
        <button type="button" class="secondary" disabled={busy} onClick={() => actions.stop(subtask)}>
          {l10n.t("Stop")}
        </button>
      </div>
      {telling && (
        <LineField
          label={l10n.t("It hears this with its next tool results")}
          button={l10n.t("Send")}
          busy={busy}
          onLeave={leave}
          onSend={(text) => {
            leave();
            actions.message(subtask, text);
          }}
        />
      )}
    </div>
  );
}
