import * as l10n from "@vscode/l10n";
import { contextPercent, contextText } from "../src/core/context-use";
import { webText } from "../src/core/web";
import { costText, totalTokens } from "../src/core/usage";
import type { SubtaskView } from "../src/core/state/subtask-view";
import { dollars, duration, numeral, plural, tokens } from "./format";
import { Sentence, Status, Visible } from "./text";
import { useNow } from "./use-now";
import { STATUS } from "./words";

interface FactsProps {
  readonly subtask: SubtaskView;
  readonly onSelect: (id: string) => void;
}

/** What is known of a subtask in a few words. */
export function Facts({ subtask, onSelect }: FactsProps) {
  const {
    status,
    reason,
    stalled,
    role,
    model,
    attempt,
    startedAt,
    endedAt,
    turns,
    modelMs,
    compactions,
    context,
    web,
    usage,
    dependencies,
    base,
    commit,
    verify,
    checks,
  } = subtask;
  // A failure or a question has its own part below, in the same words.
  const shownReason = subtask.failure === null && status !== "asks" ? reason : null;
  return (
    <ul class="facts" aria-label={l10n.t("Subtask")}>
      <li>
        <Status shown={stalled ? { ...STATUS[status], icon: "warning" } : STATUS[status]} />
        {shownReason !== null && (
          <span class="reason-text">
            : <Visible text={shownReason} place="prose" />
          </span>
        )}
      </li>
      <li>
        <Visible text={role} place="code" />
      </li>
      {model !== null && (
        <li>
          <Visible text={model} place="code" />
        </li>
      )}
      {attempt > 1 && <li>{l10n.t("attempt {0}", attempt)}</li>}
      {startedAt !== null && (
        <li>
          <Elapsed startedAt={startedAt} endedAt={endedAt} />
        </li>
      )}
      {turns > 0 && <li>{turnsText(turns, duration(modelMs / turns))}</li>}
      {context !== null && contextPercent(context) > 0 && (
        <li title={l10n.t("The last request and its answer fill {0}.", contextText(context))}>
          {l10n.t("context {0} % full", contextPercent(context))}
        </li>
      )}
      {compactions > 0 && (
        <li title={l10n.t("The conversation grew too long for the model and was summed up.")}>
          {plural(compactions, l10n.t("compacted once"), l10n.t("compacted {0} times", numeral(compactions)))}
        </li>
      )}
      {webText(web) !== "" && (
        <li>
          <Visible text={webText(web)} place="prose" />
        </li>
      )}
      {base !== null && (
        <li title={l10n.t("The commit it started from.")}>
          <Sentence text={l10n.t("base {0}")} parts={[<code>{base.slice(0, 8)}</code>]} />
        </li>
      )}
      {commit !== null && verify.length + checks.length === 0 && <li>{l10n.t("no check in the plan")}</li>}
      {totalTokens(usage) > 0 && <li>{l10n.t("{0} tokens", tokens(totalTokens(usage)))}</li>}
      {totalTokens(usage) > 0 && <li>{costText(usage, dollars)}</li>}
      {dependencies.length > 0 && (
        <li>
          <Sentence
            text={l10n.t("after {0}")}
            parts={[
              dependencies.map((dependency, i) => (
                <span key={dependency}>
                  {i > 0 && ", "}
                  <button type="button" class="link" onClick={() => onSelect(dependency)}>
                    {dependency}
                  </button>
                </span>
              )),
            ]}
          />
        </li>
      )}
    </ul>
  );
}

function turnsText(turns: number, each: string): string {
  return plural(turns, l10n.t("1 turn, {0}", each), l10n.t("{0} turns, {1} each", numeral(turns), each));
}

function Elapsed({ startedAt, endedAt }: { readonly startedAt: number; readonly endedAt: number | null }) {
  const now = useNow(endedAt === null ? 1000 : null);
  return <>{duration((endedAt ?? now) - startedAt)}</>;
}
