import * as l10n from "@vscode/l10n";
import type { SubtaskView } from "../src/core/state/subtask-view";
import type { Actions } from "./actions";
import { Icon, Sentence, Visible } from "./text";

interface OverlapsPartProps {
  readonly subtask: SubtaskView;
  readonly actions: Actions;
}

/** Who else changes the same files: workers at work and results that wait, and who may come to, as the plan has it. */
export function OverlapsPart({ subtask, actions }: OverlapsPartProps) {
  const { overlaps } = subtask;
  const known = new Set(overlaps.map((each) => each.with));
  const planned = subtask.plannedOverlaps.filter((each) => !known.has(each.with));
  if (overlaps.length + planned.length === 0) return null;
  return (
    <section class="part" aria-labelledby="overlaps-title">
      <h3 id="overlaps-title">{l10n.t("Overlaps")}</h3>
      <ul class="risks">
        {overlaps.map(({ with: other, kind, files }) => (
          <li key={other}>
            <Icon name={kind === "conflict" ? "warning" : "info"} />
            <span>
              <Sentence
                text={
                  kind === "conflict" ? l10n.t("Conflicts with {0}: {1}") : l10n.t("Changes the same files as {0}: {1}")
                }
                parts={[<Other id={other} actions={actions} />, <Visible text={files.join(", ")} place="prose" />]}
              />
            </span>
          </li>
        ))}
        {planned.map(({ with: other, files }) => (
          <li key={other}>
            <Icon name="info" />
            <span>
              <Sentence
                text={l10n.t("May overlap with {0}, as planned: {1}")}
                parts={[<Other id={other} actions={actions} />, <Visible text={files.join(", ")} place="prose" />]}
              />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Other({ id, actions }: { readonly id: string; readonly actions: Actions }) {
  return (
    <button type="button" class="link" onClick={() => actions.select(id)}>
      {id}
    </button>
  );
}
