import * as l10n from "@vscode/l10n";
import type { Failure } from "../src/core/failure";
import { Icon, Visible } from "./text";
import { withoutColours } from "../src/core/visible";

/** What went wrong and the way out, with the detail folded; read aloud at once when `alert`. */
export function Problem(props: {
  readonly failure: Failure;
  readonly alert?: boolean;
  /** Said first, of what is over. */
  readonly lead?: string;
  readonly onDismiss?: () => void;
  readonly onRetry?: () => void;
  /** Another way on, in words for its button. */
  readonly otherwise?: { readonly label: string; readonly act: () => void } | undefined;
}) {
  const { failure, lead, onDismiss, onRetry, otherwise } = props;
  return (
    <div class="problem" role={props.alert === true ? "alert" : undefined}>
      <p class="problem-line">
        <Icon name="error" />
        <span>
          {lead !== undefined && <>{lead} </>}
          <strong>
            <Visible text={failure.message} place="prose" />
          </strong>
          {failure.hint !== undefined && (
            <>
              {" "}
              <Visible text={failure.hint} place="prose" />
            </>
          )}
        </span>
      </p>
      {failure.detail !== undefined && failure.detail.trim() !== "" && (
        <details class="fold">
          <summary>{l10n.t("Details")}</summary>
          <pre class="output">
            <Visible text={withoutColours(failure.detail)} place="prose" />
          </pre>
        </details>
      )}
      {(onRetry ?? onDismiss ?? otherwise) !== undefined && (
        <div class="problem-buttons">
          {onRetry !== undefined && (
            <button type="button" class="secondary" onClick={onRetry}>
              {l10n.t("Try Again")}
            </button>
          )}
          {otherwise !== undefined && (
            <button type="button" class="secondary" onClick={otherwise.act}>
              {otherwise.label}
            </button>
          )}
          {onDismiss !== undefined && (
            <button type="button" class="secondary" onClick={onDismiss}>
              {l10n.t("Dismiss")}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
