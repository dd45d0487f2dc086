import type { DiffLine, Hunk } from "../src/core/review/diff";
import { useRef, useState } from "preact/hooks";
import { changedStretches, type Stretch } from "../src/core/review/intraline";
import type { ReviewComment } from "../src/core/review/review-comment";
import { CommentList } from "./comment-list";
import { memo } from "./memo";
import { TextField } from "./text-field";
import { Visible } from "./text";
import { TickBox } from "./tick-box";

interface HunkProps {
  readonly hunk: Hunk;
  /** Its number in the file, from 1. */
  readonly number: number;
  readonly markReturns: boolean;
  /** Whether it is ticked; null where it cannot be chosen by itself. */
  readonly ticked: boolean | null;
  readonly disabled: boolean;
  readonly leftOut: boolean;
  readonly onToggle: (number: number) => void;
  /** Remarks on its lines, not sent yet. */
  readonly comments: readonly ReviewComment[];
  readonly onComment: (hunk: Hunk, text: string) => void;
  readonly onUncomment: (comment: ReviewComment) => void;
}

/** One hunk: its box and place, then its lines. */
export const HunkView = memo((props: HunkProps) => <HunkPart {...props} />);

function HunkPart(props: HunkProps) {
  const { hunk, number, ticked, comments } = props;
  const [writing, setWriting] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const leave = (): void => {
    setWriting(false);
    button.current?.focus();
  };
  return (
    <div class={ticked === false ? "hunk out" : "hunk"} data-hunk={number}>
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
        {ticked === false && !props.leftOut && <span class="hunk-note">Stays out</span>}
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
      <Lines hunk={hunk} markReturns={props.markReturns} />
    </div>
  );
}

/** Drawn apart from the box: a tick does not draw the lines again. */
const Lines = memo(({ hunk, markReturns }: { readonly hunk: Hunk; readonly markReturns: boolean }) => {
  const rows = [];
  const stretches = changedStretches(hunk.lines);
  let oldLine = hunk.oldStart;
  let newLine = hunk.newStart;
  for (const [i, line] of hunk.lines.entries()) {
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
    <table aria-label={`Lines from ${hunk.newStart}`}>
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
