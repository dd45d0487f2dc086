import * as l10n from "@vscode/l10n";
import { useEffect, useRef } from "preact/hooks";
import type { RunView } from "../src/core/state/view";
import type { SubtaskView } from "../src/core/state/subtask-view";
import type { Actions } from "./actions";
import { memo } from "./memo";
import { queueGroups, type QueueGroup } from "../src/protocol/queue-order";
import { Icon, LineCounts, Status, Visible } from "./text";
import { visibleText } from "../src/core/visible";
import { STATUS } from "./words";

interface QueueProps {
  readonly view: RunView;
  readonly selected: string | null;
  readonly activity: ReadonlyMap<string, string>;
  readonly busy: boolean;
  readonly actions: Actions;
}

/** The subtasks: what waits for a decision first, the riskiest on top, then wave by wave. One Tab stop; keys.tsx moves within. */
export function Queue({ view, selected, activity, busy, actions }: QueueProps) {
  return (
    <nav class="queue" aria-label={l10n.t("Subtasks")}>
      {queueGroups(view).map((group) => (
        <section key={group.key} aria-labelledby={`group-${group.key}`}>
          <h2 id={`group-${group.key}`}>
            {titleOf(group)}
            {group.key === "waiting" && ` (${group.subtasks.length})`}
          </h2>
          {isReady(group) && (
            <button
              type="button"
              class="link pass"
              disabled={busy}
              onClick={() => actions.acceptPassing(view.id, group.subtasks)}
            >
              {l10n.t("Accept All Passing")}
            </button>
          )}
          <ul>
            {group.subtasks.map((subtask) => (
              <Item
                key={subtask.id}
                subtask={subtask}
                current={subtask.id === selected}
                line={subtask.status === "running" ? activity.get(subtask.id) : undefined}
                actions={actions}
              />
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}

/** Puts the focus on a subtask in the queue. */
export function focusQueue(id: string): void {
  const items = [...document.querySelectorAll<HTMLElement>("[data-subtask]")];
  items.find((item) => item.dataset["subtask"] === id)?.focus();
}

interface ItemProps {
  readonly subtask: SubtaskView;
  readonly current: boolean;
  readonly line: string | undefined;
  readonly actions: Actions;
}

const Item = memo((props: ItemProps) => (
  <li>
    <ItemButton {...props} />
  </li>
));

function ItemButton({ subtask, current, line, actions }: ItemProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (current) button.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  const counts = countsOf(subtask);
  const [firstRisk] = subtask.risks;
  return (
    <button
      ref={button}
      type="button"
      class="item"
      data-subtask={subtask.id}
      aria-current={current ? "true" : undefined}
      tabIndex={current ? 0 : -1}
      onClick={() => actions.select(subtask.id)}
    >
      <span class="item-name">
        <span class="id">{subtask.id}</span>
        {counts !== null && <LineCounts added={counts.added} deleted={counts.deleted} />}
      </span>
      <span class="item-facts">
        <Status shown={STATUS[subtask.status]} />
        <span class="quiet">
          <Visible text={subtask.role} place="code" />
        </span>
      </span>
      {firstRisk !== undefined && (
        <span
          class="item-line item-risk"
          title={subtask.risks.map((risk) => visibleText(risk.message, "prose")).join("\n")}
        >
          <Icon name="warning" />
          <span>
            <Visible text={firstRisk.message} place="prose" />
          </span>
          {subtask.risks.length > 1 && <span class="quiet">+{subtask.risks.length - 1}</span>}
        </span>
      )}
      {line !== undefined && line !== "" && (
        <span class="item-line quiet" title={visibleText(line, "code")}>
          <Visible text={line} place="code" />
        </span>
      )}
    </button>
  );
}

function countsOf(subtask: SubtaskView): { readonly added: number; readonly deleted: number } | null {
  if (subtask.files.length === 0) return null;
  return {
    added: subtask.files.reduce((sum, file) => sum + (file.added ?? 0), 0),
    deleted: subtask.files.reduce((sum, file) => sum + (file.deleted ?? 0), 0),
  };
}

function titleOf(group: QueueGroup): string {
  if (group.wave !== null) return l10n.t("Wave {0}", group.wave);
  if (group.key === "asks") return STATUS.asks.word;
  return isReady(group) ? STATUS.review.word : l10n.t("Left unfinished");
}

/** Whether one of those that wait ended well; what a worker that failed left behind can be decided about, too. */
function isReady({ key, subtasks }: QueueGroup): boolean {
  return key === "waiting" && subtasks.some(({ status }) => status === "review");
}
