import * as l10n from "@vscode/l10n";
import type { OpenQuestion } from "../src/core/question";
import { LineField } from "./line-field";
import { Icon, Visible } from "./text";

interface QuestionViewProps {
  readonly question: OpenQuestion;
  readonly busy: boolean;
  readonly onAnswer: (answer: string) => void;
}

/** What an agent wants to know: its options as buttons, and room for another answer. */
export function QuestionView({ question, busy, onAnswer }: QuestionViewProps) {
  const { subtask, text, why, options, number } = question;
  const title = `question-${number}`;
  return (
    <section class="part question" aria-labelledby={title}>
      <h3 id={title}>
        <Icon name="question" /> {subtask === null ? l10n.t("The planner asks") : l10n.t("{0} asks", subtask)}
      </h3>
      <p class="prose">
        <Visible text={text} place="prose" />
      </p>
      {why !== null && (
        <p class="prose quiet">
          <Visible text={why} place="prose" />
        </p>
      )}
      {options.length > 0 && (
        <div class="buttons">
          {options.map((option) => (
            <button key={option} type="button" class="secondary" disabled={busy} onClick={() => onAnswer(option)}>
              <Visible text={option} place="code" />
            </button>
          ))}
        </div>
      )}
      <LineField
        label={options.length > 0 ? l10n.t("Another answer") : l10n.t("Answer")}
        button={l10n.t("Answer")}
        busy={busy}
        onSend={onAnswer}
      />
    </section>
  );
}
