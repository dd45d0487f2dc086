import * as l10n from "@vscode/l10n";
import { contextPercent, contextText } from "../src/core/context-use";
import { webText } from "../src/core/web";
import { costText, totalTokens } from "../src/core/usage";
import type { SubtaskView } from "../src/core/state/subtask-view";
import { countOf, dollars, duration, tokens } from "./format";
import { Status, Visible } from "./text";
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
      {attempt > 1 && <li>attempt {attempt}</li>}
      {startedAt !== null && (
        <li>
          <Elapsed startedAt={startedAt} endedAt={endedAt} />
        </li>
      )}
      {turns > 0 && <li>{`${countOf(turns, "turn")}, ${duration(modelMs / turns)} each`}</li>}
      {context !== null && (
        <li title={`The last request and its answer fill ${contextText(context)}.`}>
          {`context ${contextPercent(context)} % full`}
        </li>
      )}
      {compactions > 0 && (
        <li title={l10n.t("The conversation grew too long for the model and was summed up.")}>
          {`compacted ${countOf(compactions, "time")}`}
        </li>
      )}
      {webText(web) !== "" && (
        <li>
          <Visible text={webText(web)} place="prose" />
        </li>
      )}
      {base !== null && (
        <li title={l10n.t("The commit it started from.")}>
          base <code>{base.slice(0, 8)}</code>
        </li>
      )}
      {commit !== null && verify.length + checks.length === 0 && <li>no check in the plan</li>}
      {totalTokens(usage) > 0 && <li>{tokens(totalTokens(usage))} tokens</li>}
      {totalTokens(usage) > 0 && <li>{costText(usage, dollars)}</li>}
      {dependencies.length > 0 && (
        <li>
          after{" "}
          {dependencies.map((dependency, i) => (
            <span key={dependency}>
              {i > 0 && ", "}
              <button type="button" class="link" onClick={() => onSelect(dependency)}>
                {dependency}
              </button>
            </span>
          ))}
        </li>
      )}
    </ul>
  );
}

function Elapsed({ startedAt, endedAt }: { readonly startedAt: number; readonly endedAt: number | null }) {
  const now = useNow(endedAt === null ? 1000 : null);
  return <>{duration((endedAt ?? now) - startedAt)}</>;
}
