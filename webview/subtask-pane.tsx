import * as l10n from "@vscode/l10n";
import { useEffect, useRef } from "preact/hooks";
import type { AnsweredComment } from "../src/core/review/comment-fate";
import type { ChangedFile } from "../src/core/state/events";
import type { Failure } from "../src/core/failure";
import type { OpenQuestion } from "../src/core/question";
import type { SubtaskView } from "../src/core/state/subtask-view";
import type { Actions } from "./actions";
import { answeredWords } from "./answered-list";
import { BeforeDeciding } from "./before-deciding";
import { DecisionBar } from "./decision-bar";
import { DiffToCome } from "./diff-to-come";
import { withoutHooks } from "./without-hooks";
import { DiffView } from "./diff-view";
import { memo } from "./memo";
import { Notes } from "./notes-part";
import { CodeList, PlanPart } from "./plan-part";
import { OverlapsPart } from "./overlaps-part";
import { Problem } from "./problem";
import { useProblemInSight } from "./problem-in-sight";
import { QuestionView } from "./question-view";
import { ChecksView, OpenFindings, ReportView } from "./report-view";
import type { DiffState } from "./state";
import { SetupLine } from "./setup-line";
import { Facts } from "./subtask-facts";
import { SteerBar } from "./steer-bar";
import { Visible } from "./text";
import { visibleText } from "../src/core/visible";
import { isAtWork } from "./words";

interface SubtaskPaneProps {
  readonly subtask: SubtaskView;
  readonly diff: DiffState | undefined;
  readonly line: string | undefined;
  readonly busy: boolean;
  readonly problem: Failure | undefined;
  /** The message of the last one the user has put away. */
  readonly dismissed: string | undefined;
  /** What its worker wants to know, and of which run it is. */
  readonly question: OpenQuestion | undefined;
  readonly run: string;
  /** Whether it can only be looked at. */
  readonly readOnly: boolean;
  readonly next: string | null;
  readonly rejecting: boolean;
  readonly onRejecting: (rejecting: boolean) => void;
  readonly requesting: boolean;
  readonly onRequesting: (requesting: boolean) => void;
  readonly actions: Actions;
}

/** Everything about the selected subtask, and what can be decided about it. */
export const SubtaskPane = memo((props: SubtaskPaneProps) => <Pane {...props} />);

function Pane(props: SubtaskPaneProps) {
  const { subtask, diff, line, busy, problem, next, rejecting, onRejecting, readOnly, actions } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  const pane = useRef<HTMLElement>(null);
  const { id, commit, reviewable } = subtask;
  // What was accepted can be undone in part: what of it is on the branch has to be known as well.
  const isOpen = reviewable || subtask.acceptedCommit !== null;
  const hasDiff = commit !== null && subtask.files.length > 0;
  // That the user stopped it is said beside its state; nothing went wrong. And once is enough for what an accept came to.
  const isSaid =
    subtask.failure?.code === "cancelled" ||
    subtask.failure?.message === problem?.message ||
    (subtask.isPastDecision && subtask.failure?.message === props.dismissed);
  const failed = isSaid ? null : subtask.failure;
  useFocusAfter(busy, heading);
  useProblemInSight(busy, problem !== undefined || (reviewable && failed !== null), pane);
  useEffect(() => {
    if (!hasDiff || commit === null) return;
    if (diff === undefined) actions.load(id, commit);
    else if (diff.kind === "shown" && diff.stale && isOpen && !busy) actions.refresh(id, commit);
  }, [id, commit, hasDiff, diff, isOpen, busy, actions]);
  return (
    <main class="subtask" aria-labelledby="subtask-title" ref={pane}>
      <div class="subtask-head">
        <h2 id="subtask-title" tabIndex={-1} ref={heading}>
          {id}
        </h2>
        {isAtWork(subtask) && !readOnly && <SteerBar subtask={subtask} busy={busy} actions={actions} />}
        {!readOnly && (
          <DecisionBar
            subtask={subtask}
            review={diff?.kind === "shown" ? diff.review : null}
            busy={busy}
            next={next}
            rejecting={rejecting}
            onRejecting={onRejecting}
            requesting={props.requesting}
            onRequesting={props.onRequesting}
            actions={actions}
          />
        )}
      </div>
      {problem !== undefined && (
        <Problem
          failure={problem}
          alert
          onDismiss={() => actions.dismiss(id, problem)}
          otherwise={
            problem.code.startsWith("hook.") && !busy
              ? withoutHooks(subtask, diff?.kind === "shown" ? diff.review : null, actions)
              : undefined
          }
        />
      )}
      {props.question !== undefined && <Asked {...props} question={props.question} />}
      {subtask.objective !== id && (
        <p class="prose objective">
          <Visible text={subtask.objective} place="prose" />
        </p>
      )}
      <Facts subtask={subtask} onSelect={actions.select} />
      {subtask.asked !== null && (
        <AskedFor
          answered={diff?.kind === "shown" ? (diff.review.since?.comments ?? NONE) : NONE}
          subtask={subtask}
          asked={subtask.asked}
          readOnly={readOnly}
          actions={actions}
        />
      )}
      {subtask.status === "running" && (
        <p class="activity quiet" title={line === undefined ? undefined : visibleText(line, "code")}>
          {line === undefined || line === "" ? "\u00a0" : <Visible text={line} place="code" />}
        </p>
      )}
      {subtask.setup !== null && <SetupLine setup={subtask.setup} />}
      {failed !== null && !subtask.isPastDecision && <Problem failure={failed} />}
      {failed !== null && subtask.isPastDecision && (
        <Problem
          failure={failed}
          lead={
            reviewable ? l10n.t("The last accept came to nothing.") : l10n.t("The last undo or redo came to nothing.")
          }
          onDismiss={() => actions.dismiss(id, failed)}
        />
      )}
      <BeforeDeciding
        subtask={subtask}
        review={diff?.kind === "shown" ? diff.review : null}
        busy={busy}
        actions={actions}
      />
      <OverlapsPart subtask={subtask} actions={actions} />
      {subtask.report === null && <PlanPart subtask={subtask} />}
      {subtask.report !== null && <ReportView report={subtask.report} />}
      {subtask.openFindings.length > 0 && <OpenFindings findings={subtask.openFindings} />}
      {subtask.checks.length > 0 && <ChecksView checks={subtask.checks} />}
      <Notes subtask={id} names={subtask.notes} actions={actions} />
      <CodeList id="instructions-title" title={l10n.t("Instructions")} items={subtask.instructions} />
      {hasDiff && commit !== null && (
        <DiffPart
          files={subtask.files}
          diff={diff}
          decidable={subtask.reviewable && !busy}
          undoable={subtask.acceptedCommit !== null && !busy && !readOnly}
          actions={actions}
          onRetry={() => actions.load(id, commit)}
        />
      )}
      {!hasDiff && <p class="quiet">{noDiff(subtask)}</p>}
    </main>
  );
}

function Asked({ question, run, busy, actions }: SubtaskPaneProps & { readonly question: OpenQuestion }) {
  return (
    <QuestionView
      key={question.number}
      question={question}
      busy={busy}
      onAnswer={(answer) => actions.answer(run, question, answer)}
    />
  );
}

/** What the user wanted otherwise, and the way to what became of it. */
const NONE: readonly AnsweredComment[] = [];

function AskedFor(props: {
  readonly answered: readonly AnsweredComment[];
  readonly subtask: SubtaskView;
  readonly asked: string;
  readonly readOnly: boolean;
  readonly actions: Actions;
}) {
  const { answered, subtask, asked, readOnly, actions } = props;
  return (
    <details class="fold asked">
      <summary>
        {l10n.t("You asked this attempt for changes")}{" "}
        {answered.length > 0 && <span class="quiet">{answeredWords(answered)}</span>}
      </summary>
      <p class="prose">
        <Visible text={asked} place="prose" />
      </p>
      {subtask.commit !== null && !readOnly && (
        <button type="button" class="link" onClick={() => actions.openSince(subtask.id)}>
          {l10n.t("Show what changed since the last attempt")}
        </button>
      )}
    </details>
  );
}

function DiffPart(props: {
  /** What changed, as the log has it. */
  readonly files: readonly ChangedFile[];
  readonly decidable: boolean;
  readonly undoable: boolean;
  readonly diff: DiffState | undefined;
  readonly actions: Actions;
  readonly onRetry: () => void;
}) {
  const { files, decidable, undoable, diff, actions, onRetry } = props;
  switch (diff?.kind) {
    case undefined:
    case "loading":
      return <DiffToCome files={files} />;
    case "failed":
      return <Problem failure={diff.failure} alert onRetry={onRetry} />;
    case "head":
    case "shown": {
      const review = diff.kind === "head" ? diff.head : diff.review;
      const isWhole = diff.kind === "shown";
      return (
        <DiffView
          review={review}
          toCome={isWhole ? null : files}
          answered={diff.kind === "shown" ? (diff.review.since?.comments ?? NONE) : NONE}
          decidable={decidable && isWhole}
          undoable={undoable && isWhole}
          actions={actions}
        />
      );
    }
  }
}

/** After a decision its button is gone or disabled, and the focus with it; the heading is the next thing to read. */
function useFocusAfter(busy: boolean, heading: { readonly current: HTMLElement | null }): void {
  const wasBusy = useRef(false);
  useEffect(() => {
    const focused = document.activeElement;
    const lost = focused === null || focused === document.body || focused.matches(":disabled");
    if (wasBusy.current && !busy && lost) heading.current?.focus({ preventScroll: true });
    wasBusy.current = busy;
  }, [busy, heading]);
}

function noDiff({ status }: SubtaskView): string {
  switch (status) {
    case "queued":
    case "blocked":
    case "skipped":
      return l10n.t("Not started.");
    case "running":
    case "asks":
      return l10n.t("Still working; the diff comes when it is finished.");
    case "review":
    case "done":
    case "failed":
    case "accepted":
    case "rejected":
    case "cancelled":
    case "interrupted":
      return l10n.t("No files changed.");
  }
}
