import * as l10n from "@vscode/l10n";
import type { SubtaskView } from "../src/core/state/subtask-view";
import { memo } from "./memo";
import { Visible } from "./text";

/** What the plan allows and will run: read before approving, and until the checks have results of their own. */
export const PlanPart = memo(({ subtask }: { readonly subtask: SubtaskView }) => (
  <>
    <CodeList id="scope-title" title={l10n.t("May change")} items={subtask.scope} />
    {subtask.checks.length === 0 && (
      <CodeList id="verify-title" title={l10n.t("Will be verified in the sandbox by")} items={subtask.verify} />
    )}
  </>
));

interface CodeListProps {
  readonly id: string;
  readonly title: string;
  readonly items: readonly string[];
}

/** A list of paths, patterns or commands under a heading; nothing where it is empty. */
export function CodeList({ id, title, items }: CodeListProps) {
  if (items.length === 0) return null;
  return (
    <section class="part" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <ul class="codes">
        {items.map((item) => (
          <li key={item}>
            <code>
              <Visible text={item} place="code" />
            </code>
          </li>
        ))}
      </ul>
    </section>
  );
}
