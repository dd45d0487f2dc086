import * as l10n from "@vscode/l10n";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { AnsweredComment } from "../src/core/review/comment-fate";
import { isInHunk, type ReviewComment } from "../src/core/review/review-comment";
import type { Take } from "../src/core/review/selection";
import { isTicked } from "../src/core/review/ticks";
import type { OutlinedHunk, ShownFile } from "../src/protocol/review-messages";
import type { Actions } from "./actions";
import type { ColourStore, FileColours } from "./colours/colour-store";
import { AnsweredList } from "./answered-list";
import { CommentList } from "./comment-list";
import { Lines } from "./line-rows";
import { linesHeight, type Block, type Piece } from "../src/protocol/line-blocks";
import type { LineStore, Loaded, ResultId } from "./line-store";
import { memo } from "./memo";
import { Problem } from "./problem";
import { TextField } from "./text-field";
import { Visible } from "./text";
import { TickBox } from "./tick-box";

/** What the hunks of a block share. */
export interface BlockProps {
  readonly at: ResultId;
  readonly file: ShownFile;
  readonly block: Block;
  /** What of the file is ticked; null where its hunks cannot be chosen one by one. */
  readonly take: Take | null;
  /** What of it can be ticked now. */
  readonly limit: Take;
  /** Whether it is an accept that ticks are about. */
  readonly accepted: boolean;
  /** Whether nothing can be remarked on. */
  readonly disabled: boolean;
  readonly onToggle: (number: number) => void;
  /** Remarks on the file's lines, not sent yet. */
  readonly comments: readonly ReviewComment[];
  /** Comments on them that this result answers. */
  readonly answered: readonly AnsweredComment[];
  readonly onComment: (hunk: OutlinedHunk, text: string) => void;
  readonly onUncomment: (comment: ReviewComment) => void;
  readonly actions: Actions;
}

/** Hunks, or a part of a large one; their heads at once, their lines when they are there. */
export const HunkBlock = memo((props: BlockProps) => <BlockPart {...props} />);

function BlockPart(props: BlockProps) {
  const { at, file, block, take, limit, comments, actions } = props;
  const { loaded, retry } = useLines(actions.lines, at, file.path, block);
  const colours = useColours(actions.colours, at, file);
  let start = 0;
  return (
    <>
      {block.pieces.map((piece) => {
        const { number, hunk, from, to } = piece;
        const skipped = start;
        start += to - from;
        return (
          <HunkPart
            key={number}
            piece={piece}
            ticked={take === null ? null : isTicked(take, number)}
            choosable={isTicked(limit, number)}
            disabled={props.disabled}
            note={noteOf(props, number)}
            onToggle={props.onToggle}
            comments={commentsIn(hunk, comments, itself)}
            answered={commentsIn(hunk, props.answered, nowOf)}
            onComment={props.onComment}
            onUncomment={props.onUncomment}
          >
            {loaded.kind === "lines" ? (
              <Lines
                slice={loaded.slice}
                skipped={skipped}
                piece={piece}
                markReturns={file.words.markReturns}
                colours={colours}
              />
            ) : (
              <div aria-busy={loaded.kind === "loading"} style={{ height: `${linesHeight(to - from)}px` }} />
            )}
          </HunkPart>
        );
      })}
      {loaded.kind === "failed" && <Problem failure={loaded.failure} onRetry={retry} />}
    </>
  );
}

function noteOf({ file, take, limit, accepted }: BlockProps, number: number): string | null {
  const isOut = take !== null && !isTicked(take, number);
  if (accepted && isOut) return isTicked(limit, number) ? l10n.t("Goes back") : l10n.t("Not accepted");
  if (accepted) return null;
  if (file.leftOut.includes(number)) return l10n.t("Left out before");
  return isOut ? l10n.t("Stays out") : null;
}

function useLines(lines: LineStore, at: ResultId, path: string, { from, to }: Block) {
  const [, redraw] = useState(0);
  // They stay while they are drawn, whatever the store lets go of.
  const last = useRef<Loaded>({ kind: "loading" });
  const range = { path, from, to };
  useLayoutEffect(() => lines.want(at, range, () => redraw((n) => n + 1)), [lines, at.commit, path, from, to]);
  if (last.current.kind !== "lines") last.current = lines.get(at, range);
  const retry = (): void => {
    lines.retry(at, range);
    redraw((n) => n + 1);
  };
  return { loaded: last.current, retry };
}

function useColours(colours: ColourStore, at: ResultId, file: ShownFile): FileColours | undefined {
  const [, redraw] = useState(0);
  const last = useRef<FileColours | undefined>(undefined);
  useLayoutEffect(() => colours.want(at, file, () => redraw((n) => n + 1)), [colours, at.commit, file.path]);
  last.current ??= colours.get(at, file.path);
  return last.current;
}

const NONE: readonly never[] = [];
const itself = (comment: ReviewComment) => comment;
const nowOf = ({ now }: AnsweredComment) => now;

/** The same list for all hunks without remarks, so that none of them is drawn again. */
function commentsIn<T>(
  hunk: OutlinedHunk,
  comments: readonly T[],
  placeOf: (comment: T) => OutlinedHunk["place"],
): readonly T[] {
  if (comments.length === 0) return NONE;
  const found = comments.filter((comment) => isInHunk(hunk, placeOf(comment)));
  return found.length === 0 ? NONE : found;
}

interface HunkProps extends Pick<
  BlockProps,
  "disabled" | "onToggle" | "comments" | "answered" | "onComment" | "onUncomment"
> {
  readonly piece: Piece;
  /** Whether it is ticked; null where it cannot be chosen by itself. */
  readonly ticked: boolean | null;
  readonly choosable: boolean;
  /** What a tick, or none, means. */
  readonly note: string | null;
  readonly children: ComponentChildren;
}

/** One hunk: its box and place, then its lines. */
function HunkPart(props: HunkProps) {
  const { piece, ticked, comments } = props;
  const { hunk, number } = piece;
  const [writing, setWriting] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const leave = (): void => {
    setWriting(false);
    button.current?.focus();
  };
  const isOut = ticked === false;
  if (piece.from > 0) return <div class={isOut ? "hunk out" : "hunk"}>{props.children}</div>;
  return (
    <div class={isOut ? "hunk out" : "hunk"} data-hunk={number}>
      <div class="hunk-head">
        {ticked !== null && (
          <TickBox
            tick={ticked ? "all" : "none"}
            label={l10n.t("Hunk {0}, lines from {1}", number, hunk.newStart)}
            disabled={!props.choosable}
            onToggle={() => props.onToggle(number)}
          />
        )}
        <span class="hunk-place">
          @@ -{hunk.oldStart},{hunk.oldLines} +{hunk.newStart},{hunk.newLines} @@{" "}
          <Visible text={hunk.heading} place="code" />
        </span>
        {props.note !== null && <span class="hunk-note">{props.note}</span>}
        {!props.disabled && (
          <button
            ref={button}
            type="button"
            class="link comment-button"
            aria-label={l10n.t("Comment on hunk {0}", number)}
            onClick={() => setWriting(true)}
          >
            {l10n.t("Comment")}
          </button>
        )}
      </div>
      <AnsweredList comments={props.answered} />
      <CommentList comments={comments} onRemove={props.onUncomment} />
      {writing && (
        <div class="comment">
          <TextField
            label={l10n.t("What should be different here?")}
            verb={l10n.t("Add Comment")}
            onLeave={leave}
            onSend={(text) => {
              props.onComment(hunk, text);
              leave();
            }}
          />
        </div>
      )}
      {props.children}
    </div>
  );
}
