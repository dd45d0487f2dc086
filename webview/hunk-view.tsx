import type { DiffLine } from "../src/core/review/diff";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { changedStretches, type Stretch } from "../src/core/review/intraline";
import { isInHunk, type ReviewComment } from "../src/core/review/review-comment";
import type { Take } from "../src/core/review/selection";
import { isTicked } from "../src/core/review/ticks";
import type { LineSlice } from "../src/protocol/outline";
import type { OutlinedHunk } from "../src/protocol/review-messages";
import { CommentList } from "./comment-list";
import { linesHeight, type Block, type Piece } from "./line-blocks";
import type { LineStore, Loaded, ResultId } from "./line-store";
import { memo } from "./memo";
import { Problem } from "./problem";
import { TextField } from "./text-field";
import { Visible } from "./text";
import { TickBox } from "./tick-box";

/** What the hunks of a block share. */
export interface BlockProps {
  readonly at: ResultId;
  readonly path: string;
  readonly block: Block;
  readonly markReturns: boolean;
  /** What of the file is ticked; null where its hunks cannot be chosen one by one. */
  readonly take: Take | null;
  readonly disabled: boolean;
  /** Numbers of what was left out before. */
  readonly leftOut: readonly number[];
  readonly onToggle: (number: number) => void;
  /** Remarks on the file's lines, not sent yet. */
  readonly comments: readonly ReviewComment[];
  readonly onComment: (hunk: OutlinedHunk, text: string) => void;
  readonly onUncomment: (comment: ReviewComment) => void;
  readonly lines: LineStore;
}

/** Hunks, or a part of a large one; their heads at once, their lines when they are there. */
export const HunkBlock = memo((props: BlockProps) => <BlockPart {...props} />);

function BlockPart(props: BlockProps) {
  const { at, path, block, take, leftOut, comments } = props;
  const { loaded, retry } = useLines(props.lines, at, path, block);
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
            disabled={props.disabled}
            leftOut={leftOut.includes(number)}
            onToggle={props.onToggle}
            comments={commentsIn(hunk, comments)}
            onComment={props.onComment}
            onUncomment={props.onUncomment}
          >
            {loaded.kind === "lines" ? (
              <Lines slice={loaded.slice} skipped={skipped} piece={piece} markReturns={props.markReturns} />
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

const NONE: readonly ReviewComment[] = [];

/** The same list for all hunks without remarks, so that none of them is drawn again. */
function commentsIn(hunk: OutlinedHunk, comments: readonly ReviewComment[]): readonly ReviewComment[] {
  if (comments.length === 0) return NONE;
  const found = comments.filter((comment) => isInHunk(hunk, comment));
  return found.length === 0 ? NONE : found;
}

interface HunkProps extends Pick<BlockProps, "disabled" | "onToggle" | "comments" | "onComment" | "onUncomment"> {
  readonly piece: Piece;
  /** Whether it is ticked; null where it cannot be chosen by itself. */
  readonly ticked: boolean | null;
  readonly leftOut: boolean;
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
            label={`Hunk ${number}, lines from ${hunk.newStart}`}
            disabled={props.disabled}
            onToggle={() => props.onToggle(number)}
          />
        )}
        <span class="hunk-place">
          @@ -{hunk.oldStart},{hunk.oldLines} +{hunk.newStart},{hunk.newLines} @@{" "}
          <Visible text={hunk.heading} place="code" />
        </span>
        {props.leftOut && <span class="hunk-note">Left out before</span>}
        {isOut && !props.leftOut && <span class="hunk-note">Stays out</span>}
        {!props.disabled && (
          <button
            ref={button}
            type="button"
            class="link comment-button"
            aria-label={`Comment on hunk ${number}`}
            onClick={() => setWriting(true)}
          >
            Comment
          </button>
        )}
      </div>
      <CommentList comments={comments} onRemove={props.onUncomment} />
      {writing && (
        <div class="comment">
          <TextField
            label="What should be different here?"
            verb="Add Comment"
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

interface LinesProps {
  /** The lines of the block. */
  readonly slice: LineSlice;
  /** How many of them belong to pieces before this one. */
  readonly skipped: number;
  readonly piece: Piece;
  readonly markReturns: boolean;
}

/** Drawn apart from the box: a tick does not draw the lines again. */
const Lines = memo(({ slice, skipped, piece, markReturns }: LinesProps) => {
  const { hunk, from, to } = piece;
  const rows = [];
  const lines = slice.lines.slice(skipped, skipped + to - from);
  const stretches = changedStretches(lines);
  let [oldLine, newLine] = from === 0 ? [hunk.oldStart, hunk.newStart] : [slice.oldLine, slice.newLine];
  const first = newLine;
  for (const [i, line] of lines.entries()) {
    rows.push(
      <tr key={i} class={line.kind}>
        <td class="number">{line.kind === "added" ? "" : oldLine}</td>
        <td class="number">{line.kind === "deleted" ? "" : newLine}</td>
        <td class="sign">{SIGN[line.kind]}</td>
        <td class="code">
          <LineText line={line} stretches={stretches.get(i)} markReturns={markReturns} />
        </td>
      </tr>,
    );
    if (line.noNewline === true)
      rows.push(
        <tr key={`${i} end`} class="end">
          <td colSpan={4}>No newline at end of file</td>
        </tr>,
      );
    if (line.kind !== "added") oldLine += 1;
    if (line.kind !== "deleted") newLine += 1;
  }
  return (
    <table aria-label={`Lines from ${first}`}>
      <tbody>{rows}</tbody>
    </table>
  );
});

const SIGN: Readonly<Record<DiffLine["kind"], string>> = { added: "+", deleted: "−", context: " " };

interface LineProps {
  readonly line: DiffLine;
  /** What of it differs from the line it stands for. */
  readonly stretches: readonly Stretch[] | undefined;
  readonly markReturns: boolean;
}

function LineText({ line, stretches, markReturns }: LineProps) {
  const text = line.text.replace(/\r$/u, "");
  return (
    <>
      {stretches === undefined ? (
        <Visible text={text} place="code" />
      ) : (
        <Emphasised text={text} stretches={stretches} />
      )}
      {markReturns && text !== line.text && <span class="mark">CR</span>}
    </>
  );
}

function Emphasised({ text, stretches }: { readonly text: string; readonly stretches: readonly Stretch[] }) {
  const pieces = [];
  let at = 0;
  for (const { from, to } of stretches) {
    pieces.push(<Visible key={at} text={text.slice(at, from)} place="code" />);
    pieces.push(
      <span key={`changed ${from}`} class="changed">
        <Visible text={text.slice(from, to)} place="code" />
      </span>,
    );
    at = to;
  }
  pieces.push(<Visible key={at} text={text.slice(at)} place="code" />);
  return <>{pieces}</>;
}
