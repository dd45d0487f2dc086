import * as l10n from "@vscode/l10n";
import { answersTo, questionOf, shownCommand, type Approval, type ApprovalAnswer } from "../src/core/approval";
import type { Actions } from "./actions";
import { memo } from "./memo";

const WORDS: Readonly<Record<ApprovalAnswer, string>> = {
  once: l10n.t("Allow Once"),
  run: l10n.t("Allow for This Run"),
  repository: l10n.t("Allow for This Repository"),
  deny: l10n.t("Deny"),
};

/** Commands that wait for the user's word: the question, every command in full, and the answers there are. */
export const ApprovalPart = memo(
  (props: {
    readonly run: string;
    readonly approval: Approval;
    readonly busy: boolean;
    readonly actions: Pick<Actions, "allow">;
  }) => {
    const { run, approval, busy, actions } = props;
    const title = `approval-${approval.key}`;
    return (
      <section class="approval" aria-labelledby={title}>
        <h2 id={title}>{l10n.t("Waits for your word")}</h2>
        <p class="prose">{shownCommand(questionOf(approval))}</p>
        <pre class="output">{approval.commands.map(shownCommand).join("\n\n")}</pre>
        <div class="buttons">
          {answersTo(approval.about).map((answer, i) => (
            <button
              key={answer}
              type="button"
              class={i === 0 ? undefined : "secondary"}
              disabled={busy}
              onClick={() => actions.allow(run, approval, answer)}
            >
              {WORDS[answer]}
            </button>
          ))}
        </div>
      </section>
    );
  },
);
