import * as l10n from "@vscode/l10n";
import { useCallback, useMemo, useRef, useState } from "preact/hooks";
import type { AnsweredComment } from "../src/core/review/comment-fate";
import { isInHunk, type ReviewComment } from "../src/core/review/review-comment";
import type { Take } from "../src/core/review/selection";
import { fileTick, isTicked, toggleFile, togglePart } from "../src/core/review/ticks";
import { visibleText } from "../src/core/visible";
import type { OutlinedHunk, ShownFile } from "../src/protocol/review-messages";
import type { Actions } from "./actions";
import { AnsweredList } from "./answered-list";
import { CommentList } from "./comment-list";
import { blockName } from "./file-groups";
import { Images } from "./images";
import { linesOf, type Fold } from "./folds";
import { numeral, plural } from "./format";
import { HunkBlock, type BlockProps } from "./hunk-view";
import { blockHeight, blocksOf } from "../src/protocol/line-blocks";
import type { ResultId } from "./line-store";
import { memo } from "./memo";
import { Near } from "./near";
import { goesByPart } from "./stops";
import { Icon, LineCounts, Visible } from "./text";
import { TickBox } from "./tick-box";

interface FileProps {
  readonly at: ResultId;
  readonly file: ShownFile;
  /** Whether its first lines will be in view at once. */
  readonly eager: boolean;
  /** What of it is ticked. */
  readonly take: Take;
  /** What of it can be ticked now: all in review, once accepted what the accept took, else nothing. */
  readonly limit: Take;
  /** Whether it is an accept that ticks are about: what is unticked goes back. */
  readonly accepted: boolean;
  /** Whether the result can be decided about now. */
  readonly decidable: boolean;
  readonly onTake: (path: string, take: Take) => void;
  readonly onViewed: (path: string, viewed: boolean) => void;
  /** Remarks on its lines, not sent yet. */
  readonly comments: readonly ReviewComment[];
  /** Comments on it that this result answers. */
  readonly answered: readonly AnsweredComment[];
  readonly onComment: (comment: ReviewComment) => void;
  readonly onUncomment: (comment: ReviewComment) => void;
  readonly actions: Actions;
}

/** One changed file: what happened to it in words, then its hunks. */
export const FileView = memo((props: FileProps) => <FileSection {...props} />);

function FileSection(props: FileProps) {
  const { at, file, eager, take, limit, accepted, decidable, onTake, onViewed, actions } = props;
  const { path, viewed, words } = file;
  const [, redraw] = useState(0);
  const fold = actions.folds.of(at.commit, file);
  const { open } = fold;
  const setFold = (change: Partial<Fold>): void => {
    actions.folds.set(at.commit, path, change);
    redraw((n) => n + 1);
  };
  const label = visibleText(path, "code");
  const byPart = goesByPart(file);
  const latest = useRef(take);
  latest.current = take;
  const onPart = useCallback(
    (number: number) => onTake(path, togglePart(file, latest.current, number)),
    [onTake, path, file],
  );
  const { comments, onComment } = props;
  const onHunkComment = useCallback(
    ({ place }: OutlinedHunk, text: string) => onComment({ path, ...place, text }),
    [onComment, path],
  );
  return (
    <section class="file" data-file={path} aria-label={label}>
      <h4 class="file-head">
        <TickBox
          tick={fileTick(take)}
          label={l10n.t("Take {0}", label)}
          disabled={limit === "none"}
          onToggle={() => onTake(path, toggleFile(take, limit))}
        />
        <button type="button" class="file-toggle" aria-expanded={open} onClick={() => setFold({ open: !open })}>
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
            aria-label={l10n.t("Viewed: {0}", label)}
            checked={viewed}
            onChange={() => onViewed(path, !viewed)}
          />
          {l10n.t("Viewed")}
        </label>
        <button
          type="button"
          class="quiet-button"
          aria-label={l10n.t("Open {0} in diff editor", label)}
          title={l10n.t("Open in diff editor")}
          onClick={() => actions.openDiff(at.subtask, path)}
        >
          <Icon name="go-to-file" />
        </button>
      </h4>
      {open && (
        <div class="file-body">
          {file.executable !== null && (
            <p class="note warning">
              <Icon name="warning" />{" "}
              <Visible text={l10n.t("Runs later: {0}.", file.executable.reason)} place="prose" />
            </p>
          )}
          {file.outOfScope && (
            <p class="note warning">
              <Icon name="warning" /> {l10n.t("Outside of what the plan gave this subtask to change.")}
            </p>
          )}
          {words.notes.map((note) => (
            <p key={note} class="note">
              {note}
            </p>
          ))}
          {file.binary && <Images at={at} path={path} actions={actions} />}
          <CommentList
            comments={comments.filter((comment) => !file.hunks.some((hunk) => isInHunk(hunk, comment)))}
            onRemove={props.onUncomment}
          />
          <AnsweredList
            comments={props.answered.filter(({ now }) => !file.hunks.some((hunk) => isInHunk(hunk, now)))}
          />
          {byPart && file.parts.includes(0) && (
            <p class="note header-part" data-hunk="0">
              <TickBox
                tick={isTicked(take, 0) ? "all" : "none"}
                label={`${label}: ${headerWords(file)}`}
                disabled={!isTicked(limit, 0)}
                onToggle={() => onPart(0)}
              />{" "}
              {headerWords(file)}
            </p>
          )}
          {words.lines && fold.lines && (
            <Lines
              at={at}
              file={file}
              eager={eager}
              take={byPart ? take : null}
              limit={limit}
              accepted={accepted}
              disabled={!decidable}
              onToggle={onPart}
              comments={comments}
              answered={props.answered}
              onComment={onHunkComment}
              onUncomment={props.onUncomment}
              actions={actions}
            />
          )}
          {words.lines && !fold.lines && (
            <button type="button" class="secondary show-lines" onClick={() => setFold({ lines: true })}>
              {showText(linesOf(file))}
            </button>
          )}
          {file.withheld !== undefined && <p class="note">{withheldText(file.withheld)}</p>}
        </div>
      )}
    </section>
  );
}

interface LinesProps extends Omit<BlockProps, "block"> {
  readonly eager: boolean;
}

/** The hunks of a file, as far as they are near what is in view. */
function Lines({ file, eager, ...props }: LinesProps) {
  const blocks = useMemo(() => blocksOf(file.hunks), [file.hunks]);
  return (
    <>
      {blocks.map((block, i) => (
        <Near
          key={block.from}
          name={blockName(file.path, block.from)}
          height={blockHeight(block)}
          eager={eager && i === 0}
          draw={() => <HunkBlock {...props} file={file} block={block} />}
        />
      ))}
    </>
  );
}

function headerWords(file: ShownFile): string {
  return file.from === undefined || file.from === file.path ? l10n.t("The new mode") : l10n.t("The new name");
}

function showText(lines: number): string {
  return plural(lines, l10n.t("Show 1 line"), l10n.t("Show {0} lines", numeral(lines)));
}

function withheldText(lines: number): string {
  return plural(
    lines,
    l10n.t("1 more line is not shown here. Open the file in the diff editor."),
    l10n.t("{0} more lines are not shown here. Open the file in the diff editor.", numeral(lines)),
  );
}
