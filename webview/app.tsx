import * as l10n from "@vscode/l10n";
import { useCallback, useState } from "preact/hooks";
import type { Actions } from "./actions";
import { canAccept, canRedo } from "./decision-bar";
import { KeyHelp, useKeys, type KeyAction } from "./keys";
import { currentFile, moveToFile, moveToHunk, pressComment, pressTick } from "./moving";
import { Problem } from "./problem";
import { focusQueue, Queue } from "./queue";
import { allSubtasks, neighbour, queueOrder } from "../src/protocol/queue-order";
import { RunHeader } from "./run-header";
import { RunNow } from "./run-now";
import { diffKey, RUN, WORDS, type PanelState } from "./state";
import { useStaying } from "./staying";
import { SubtaskPane } from "./subtask-pane";
import { undoOf } from "./undo";

interface AppProps {
  readonly state: PanelState;
  readonly actions: Actions;
}

/** The whole panel, drawn from the state and nothing else. */
export function App({ state, actions }: AppProps) {
  const { view, preview, readOnly, selected } = state;
  const [rejecting, setRejecting] = useState<string | null>(null);
  const [requesting, setRequesting] = useState<string | null>(null);
  const [help, setHelp] = useState(false);
  const all = view === null ? [] : allSubtasks(view);
  const subtask = all.find((s) => s.id === selected);
  const diff =
    subtask === undefined || subtask.commit === null ? undefined : state.diffs.get(diffKey(subtask.id, subtask.commit));
  const review = diff?.kind === "shown" ? diff.review : null;
  const onRejecting = useCallback((open: boolean) => setRejecting(open ? selected : null), [selected]);
  const onRequesting = useCallback((open: boolean) => setRequesting(open ? selected : null), [selected]);

  const openHelp = useCallback(() => setHelp(true), []);

  const step = (by: number): void => {
    const target = view === null ? null : neighbour(view, selected, by);
    if (target === null) return;
    actions.select(target);
    focusQueue(target);
  };
  const decide = (action: "accept" | "reject"): void => {
    if (subtask === undefined || !subtask.reviewable || subtask.commit === null || state.busy.has(subtask.id)) return;
    if (action === "reject") setRejecting(subtask.id);
    else if (canAccept(review)) actions.accept(review, review.undecided.length > 0);
  };
  const markViewed = (): void => {
    const path = review === null ? null : currentFile(review);
    if (review === null || path === null) return;
    const viewed = review.files.find((file) => file.path === path)?.viewed === true;
    actions.markViewed(review, path, !viewed);
    if (!viewed) void moveToFile(review, 1);
  };
  useKeys((action: KeyAction) => {
    if (help && action !== "help") return;
    switch (action) {
      case "next":
        return step(1);
      case "previous":
        return step(-1);
      case "first":
        return step(-all.length);
      case "last":
        return step(all.length);
      case "next-hunk":
        if (review !== null) void moveToHunk(review, actions.folds, 1);
        return;
      case "previous-hunk":
        if (review !== null) void moveToHunk(review, actions.folds, -1);
        return;
      case "next-file":
        if (review !== null) void moveToFile(review, 1);
        return;
      case "previous-file":
        if (review !== null) void moveToFile(review, -1);
        return;
      case "tick":
        return pressTick("hunk");
      case "tick-file":
        return pressTick("file");
      case "viewed":
        return markViewed();
      case "comment":
        if (review !== null) pressComment(review);
        return;
      case "request":
        if (subtask?.reviewable === true && !state.busy.has(subtask.id)) setRequesting(subtask.id);
        return;
      case "undo":
        if (subtask?.acceptedCommit != null && readOnly === null && !state.busy.has(subtask.id))
          actions.undo(subtask.id, subtask.acceptedCommit, undoOf(review));
        return;
      case "redo":
        if (subtask === undefined || subtask.commit === null || readOnly !== null || state.busy.has(subtask.id)) return;
        if (canRedo(subtask)) actions.redo(subtask.id, subtask.commit);
        return;
      case "accept":
      case "reject":
        return decide(action);
      case "open": {
        const path = review === null ? null : currentFile(review);
        if (subtask !== undefined && path !== null) actions.openDiff(subtask.id, path);
        return;
      }
      case "help":
        return setHelp(!help);
    }
  });

  useStaying(actions.stay);

  if (view === null) return <Waiting state={state} />;
  return (
    <div class="panel">
      <RunHeader
        view={view}
        preview={preview}
        readOnly={readOnly}
        selected={selected}
        busy={state.busy.has(RUN)}
        problem={state.problems.get(RUN)}
        answering={state.busy.has(WORDS)}
        refused={state.problems.get(WORDS)}
        line={state.activity.get(RUN)}
        actions={actions}
        onHelp={openHelp}
      />
      {all.length > 0 && (
        <Queue view={view} selected={selected} activity={state.activity} busy={state.busy.has(RUN)} actions={actions} />
      )}
      {subtask === undefined ? (
        <main class="subtask empty">
          <p class="quiet">
            {view.phase === "planning" ? l10n.t("The planner is reading the repository…") : l10n.t("No subtasks.")}
          </p>
        </main>
      ) : (
        <SubtaskPane
          key={subtask.id}
          subtask={subtask}
          diff={diff}
          line={state.activity.get(subtask.id)}
          busy={state.busy.has(subtask.id)}
          problem={state.problems.get(subtask.id)}
          dismissed={state.dismissed.get(subtask.id)}
          question={view.questions.find((question) => question.subtask === subtask.id)}
          run={view.id}
          readOnly={readOnly !== null}
          next={subtask.reviewable ? null : (queueOrder(view).find((s) => s.reviewable)?.id ?? null)}
          rejecting={rejecting === subtask.id && subtask.reviewable}
          onRejecting={onRejecting}
          requesting={requesting === subtask.id && subtask.reviewable}
          onRequesting={onRequesting}
          actions={actions}
        />
      )}
      <RunNow view={view} readOnly={readOnly !== null} line={state.activity.get(RUN)} actions={actions} />
      <KeyHelp open={help} onClose={() => setHelp(false)} />
      {/* null, not "": preact writes an empty text anew each time, and a screen reader may hear it */}
      <output class="unseen">{state.said === "" ? null : state.said}</output>
    </div>
  );
}

function Waiting({ state }: { readonly state: PanelState }) {
  const problem = state.problems.get(RUN);
  return (
    <main class="subtask empty">
      {problem === undefined ? <p class="quiet">{l10n.t("Loading…")}</p> : <Problem failure={problem} alert />}
    </main>
  );
}
