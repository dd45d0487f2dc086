import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Hunk } from "../src/core/review/diff";
import { isInHunk, placeOf, type ReviewComment } from "../src/core/review/review-comment";
import type { Take } from "../src/core/review/selection";
import { fileTick, isTicked, toggleFile, togglePart } from "../src/core/review/ticks";
import { visibleText } from "../src/core/visible";
import type { ShownFile } from "../src/protocol/review-messages";
import type { Actions } from "./actions";
import { CommentList } from "./comment-list";
import { cutHunks } from "./cut-hunks";
import { fileWords } from "./file-words";
import { countOf } from "./format";
import { HunkView } from "./hunk-view";
import { memo } from "./memo";
import { Icon, LineCounts, Visible } from "./text";
import { TickBox } from "./tick-box";

interface FileProps {
  readonly subtask: string;
  readonly file: ShownFile;
  /** What of it is ticked. */
  readonly take: Take;
  /** Whether the result can be decided about now. */
  readonly decidable: boolean;
  /** Folded until asked for: there is much of it, or much before it. */
  readonly folded: boolean;
  readonly onTake: (path: string, take: Take) => void;
  readonly onViewed: (path: string, viewed: boolean) => void;
  /** Remarks on its lines, not sent yet. */
  readonly comments: readonly ReviewComment[];
  readonly onComment: (comment: ReviewComment) => void;
  readonly onUncomment: (comment: ReviewComment) => void;
  readonly actions: Actions;
}

/** One changed file: what happened to it in words, then its hunks. */
export const FileView = memo((props: FileProps) => <FileSection {...props} />);

function FileSection(props: FileProps) {
  const { subtask, file, take, decidable, folded, onTake, onViewed, actions } = props;
  const { path, viewed } = file;
  const [open, setOpen] = useState(!viewed);
  useOnChange(viewed, () => setOpen(!viewed));
  const words = fileWords(file);
  const total = file.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
  const [shown, setShown] = useState(folded ? 0 : total);
  const rest = total - shown;
  const label = visibleText(path, "code");
  // Of a file that was not sent whole nobody can say what its hunks are.
  const byPart = file.withheld === undefined && file.parts.length > 1;
  const latest = useRef(take);
  latest.current = take;
  const onPart = useCallback(
    (number: number) => onTake(path, togglePart(file, latest.current, number)),
    [onTake, path, file],
  );
  const { comments, onComment } = props;
  const onHunkComment = useCallback(
    (hunk: Hunk, text: string) => onComment({ path, ...placeOf(hunk), text }),
    [onComment, path],
  );
  return (
    <section class="file" data-file={path} aria-label={label}>
      <h4 class="file-head">
        <TickBox
          tick={fileTick(take)}
          label={`Take ${label}`}
          disabled={!decidable}
          onToggle={() => onTake(path, toggleFile(take))}
        />
        <button type="button" class="file-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? "chevron-down" : "chevron-right"} />
          <span class="path">
            {file.from !== undefined && (
              <>
                <Visible text={file.from} place="code" />
                {" → "}
              </>
            )}
            <Visible text={path} place="code" />
          </span>
        </button>
        <span class={`file-status status-${file.status}`}>{words.status}</span>
        {words.lines && <LineCounts added={file.added} deleted={file.deleted} />}
        <label class="viewed">
          <input
            type="checkbox"
            aria-label={`Viewed: ${label}`}
            checked={viewed}
            onChange={() => onViewed(path, !viewed)}
          />
          Viewed
        </label>
        <button
          type="button"
          class="quiet-button"
          aria-label={`Open ${label} in diff editor`}
          title="Open in diff editor"
          onClick={() => actions.openDiff(subtask, path)}
        >
          <Icon name="go-to-file" />
        </button>
      </h4>
      {open && (
        <div class="file-body">
          {file.executable !== null && (
            <p class="note warning">
              <Icon name="warning" /> <Visible text={`Runs later: ${file.executable.reason}.`} place="prose" />
            </p>
          )}
          {file.outOfScope && (
            <p class="note warning">
              <Icon name="warning" /> Outside of what the plan gave this subtask to change.
            </p>
          )}
          {words.notes.map((note) => (
            <p key={note} class="note">
              {note}
            </p>
          ))}
          <CommentList
            comments={comments.filter((comment) => !file.hunks.some((hunk) => isInHunk(hunk, comment)))}
            onRemove={props.onUncomment}
          />
          {byPart && file.parts.includes(0) && (
            <p class="note header-part" data-hunk="0">
              <TickBox
                tick={isTicked(take, 0) ? "all" : "none"}
                label={`${label}: ${headerWords(file)}`}
                disabled={!decidable}
                onToggle={() => onPart(0)}
              />{" "}
              {headerWords(file)}
            </p>
          )}
          {words.lines &&
            cutHunks(file.hunks, shown).map((hunk, i) => (
              <HunkView
                key={i}
                hunk={hunk}
                number={i + 1}
                markReturns={words.markReturns}
                ticked={byPart ? isTicked(take, i + 1) : null}
                disabled={!decidable}
                leftOut={file.leftOut.includes(i + 1)}
                onToggle={onPart}
                comments={commentsIn(hunk, comments)}
                onComment={onHunkComment}
                onUncomment={props.onUncomment}
              />
            ))}
          {words.lines && rest > 0 && (
            <button type="button" class="secondary show-lines" onClick={() => setShown(shown + Math.min(rest, STEP))}>
              Show {rest > STEP && `${STEP.toLocaleString("en")} of `}
              {countOf(rest, shown === 0 ? "line" : "more line")}
            </button>
          )}
        </div>
      )}
    </section>
  );
}

/** The lines a click brings: as many as are drawn before anybody notices. */
const STEP = 5_000;

const NONE: readonly ReviewComment[] = [];

/** The same list for all hunks without remarks, so that none of them is drawn again. */
function commentsIn(hunk: Hunk, comments: readonly ReviewComment[]): readonly ReviewComment[] {
  if (comments.length === 0) return NONE;
  const found = comments.filter((comment) => isInHunk(hunk, comment));
  return found.length === 0 ? NONE : found;
}

function headerWords(file: ShownFile): string {
  return file.from === undefined || file.from === file.path ? "The new mode" : "The new name";
}

/** Runs something when a value is another one than at the last drawing, and not at the first. */
function useOnChange(value: boolean, run: () => void): void {
  const before = useRef(value);
  useEffect(() => {
    if (before.current !== value) run();
    before.current = value;
  });
}
