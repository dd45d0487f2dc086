import * as l10n from "@vscode/l10n";
import { useRef, useState } from "preact/hooks";
import type { AmendmentChange, AmendmentView } from "../src/core/amendment/amendment-view";
import type { Actions } from "./actions";
import { memo } from "./memo";
import { ReasonField } from "./reason-field";
import { Sentence, Visible } from "./text";

interface AmendmentPartProps {
  readonly run: string;
  readonly open: AmendmentView;
  readonly busy: boolean;
  readonly actions: Actions;
}

const WORD: Readonly<Record<AmendmentChange["kind"], string>> = {
  added: l10n.t("Added"),
  changed: l10n.t("Changed"),
  dropped: l10n.t("Dropped"),
  order: l10n.t("Order"),
};

/** An amendment that waits: why, each change in words, what it lets run, and the decision. */
export const AmendmentPart = memo(({ run, open, busy, actions }: AmendmentPartProps) => {
  const [declining, setDeclining] = useState(false);
  const declineButton = useRef<HTMLButtonElement>(null);
  return (
    <section class="amendment" aria-labelledby="amendment-title">
      <h2 id="amendment-title">{l10n.t("Amendment {0} waits for approval", open.number)}</h2>
      <p class="prose">
        <Visible text={open.reason} place="prose" />
      </p>
      <ul class="changes">
        {open.changes.map((change) => (
          <li key={`${change.kind} ${change.id}`}>
            <span class="change-kind">{WORD[change.kind]}</span>
            {change.id !== "" && <code>{change.id}</code>}
            <span>
              <Visible text={change.text} place="prose" />
            </span>
          </li>
        ))}
      </ul>
      {open.commands.length > 0 && (
        <>
          <h3>{l10n.t("Will run in the sandbox")}</h3>
          <ul class="codes">
            {open.commands.map((command) => (
              <li key={command}>
                <code>
                  <Visible text={command} place="code" />
                </code>
              </li>
            ))}
          </ul>
        </>
      )}
      {open.problem !== null && (
        <p>
          <Sentence
            text={l10n.t("It no longer fits the run: {0}")}
            parts={[<Visible text={open.problem} place="prose" />]}
          />
        </p>
      )}
      <div class="buttons">
        <button
          type="button"
          disabled={busy || open.problem !== null}
          onClick={() => actions.approveAmendment(run, open.number)}
        >
          {l10n.t("Approve Amendment")}
        </button>
        <button
          ref={declineButton}
          type="button"
          class="secondary"
          disabled={busy}
          aria-expanded={declining}
          onClick={() => setDeclining(!declining)}
        >
          {l10n.t("Decline…")}
        </button>
      </div>
      {declining && (
        <ReasonField
          verb={l10n.t("Decline")}
          onLeave={() => {
            setDeclining(false);
            declineButton.current?.focus();
          }}
          onSend={(reason) => {
            setDeclining(false);
            actions.declineAmendment(run, open.number, reason);
          }}
        />
      )}
    </section>
  );
});
