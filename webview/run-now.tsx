import * as l10n from "@vscode/l10n";
import { describeTreeWatch } from "../src/core/main-tree";
import type { RunView } from "../src/core/state/view";
import type { Actions } from "./actions";
import { memo } from "./memo";
import { Icon, Visible } from "./text";

interface RunNowProps {
  readonly view: RunView;
  readonly readOnly: boolean;
  /** What the planner does now. */
  readonly line: string | undefined;
  readonly actions: Actions;
}

/** What goes on now and what came of it, at the foot of the page: it comes and goes, and nothing that is being read moves for it. */
export const RunNow = memo(({ view, readOnly, line, actions }: RunNowProps) => {
  const { merging, amendments, tree, phase } = view;
  const watched = tree === null || phase === "running" ? [] : describeTreeWatch(tree);
  if (merging.length === 0 && !amendments.asking && watched.length === 0) return null;
  return (
    <footer class="now">
      {merging.length > 0 && (
        <p class="merging">
          <Icon name="sync" spin />
          <span>{l10n.t("Merging and checking {0}…", merging.join(", "))}</span>
          {!readOnly && (
            <button type="button" class="link" onClick={actions.cancelMerge}>
              {l10n.t("Stop")}
            </button>
          )}
        </p>
      )}
      {amendments.asking && (
        <p class="activity quiet">
          {l10n.t("The planner looks at the plan again…")} {line !== undefined && <Visible text={line} place="code" />}
        </p>
      )}
      {watched.map((each) => (
        <p key={each} class="quiet">
          <Visible text={each} place="prose" />
        </p>
      ))}
    </footer>
  );
});
