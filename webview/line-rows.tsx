import * as l10n from "@vscode/l10n";
import type { DiffLine } from "../src/core/review/diff";
import { changedStretches, type Stretch } from "../src/core/review/intraline";
import type { LineSlice } from "../src/protocol/outline";
import type { FileColours } from "./colours/colour-store";
import { piecesOf } from "./colours/pieces";
import type { Token } from "./colours/tokenise";
import type { Piece } from "../src/protocol/line-blocks";
import { memo } from "./memo";
import { Visible } from "./text";

interface LinesProps {
  /** The lines of the block. */
  readonly slice: LineSlice;
  /** How many of them belong to pieces before this one. */
  readonly skipped: number;
  readonly piece: Piece;
  readonly markReturns: boolean;
  /** Undefined until they are there. */
  readonly colours: FileColours | undefined;
}

/** Drawn apart from the box: a tick does not draw the lines again. */
export const Lines = memo(({ slice, skipped, piece, markReturns, colours }: LinesProps) => {
  const { hunk, from, to } = piece;
  const rows = [];
  const lines = slice.lines.slice(skipped, skipped + to - from);
  const stretches = changedStretches(lines);
  let [oldLine, newLine] = from === 0 ? [hunk.oldStart, hunk.newStart] : [slice.oldLine, slice.newLine];
  const first = newLine;
  for (const [i, line] of lines.entries()) {
    const tokens = line.kind === "deleted" ? colours?.base.get(oldLine) : colours?.result.get(newLine);
    rows.push(
      <tr key={i} class={line.kind}>
        <td class="number">{line.kind === "added" ? "" : oldLine}</td>
        <td class="number">{line.kind === "deleted" ? "" : newLine}</td>
        <td class="sign">{SIGN[line.kind]}</td>
        <td class="code">
          <LineText line={line} stretches={stretches.get(i)} tokens={tokens} markReturns={markReturns} />
        </td>
      </tr>,
    );
    if (line.noNewline === true)
      rows.push(
        <tr key={`${i} end`} class="end">
          <td colSpan={4}>{l10n.t("No newline at end of file")}</td>
        </tr>,
      );
    if (line.kind !== "added") oldLine += 1;
    if (line.kind !== "deleted") newLine += 1;
  }
  return (
    <table aria-label={l10n.t("Lines from {0}", first)}>
      <tbody>{rows}</tbody>
    </table>
  );
});

const SIGN: Readonly<Record<DiffLine["kind"], string>> = { added: "+", deleted: "−", context: " " };

interface LineProps {
  readonly line: DiffLine;
  /** What of it differs from the line it stands for. */
  readonly stretches: readonly Stretch[] | undefined;
  readonly tokens: readonly Token[] | undefined;
  readonly markReturns: boolean;
}

function LineText({ line, stretches = NO_STRETCHES, tokens = NO_TOKENS, markReturns }: LineProps) {
  const text = line.text.replace(/\r$/u, "");
  return (
    <>
      {piecesOf(text, stretches, tokens).map(({ from, to, colour, isChanged }) => {
        const shown = <Visible key={from} text={text.slice(from, to)} place="code" />;
        const names = [...(colour === undefined ? [] : [`c-${colour}`]), ...(isChanged ? ["changed"] : [])];
        return names.length === 0 ? (
          shown
        ) : (
          <span key={from} class={names.join(" ")}>
            {shown}
          </span>
        );
      })}
      {markReturns && text !== line.text && <span class="mark">CR</span>}
    </>
  );
}

const NO_STRETCHES: readonly Stretch[] = [];
const NO_TOKENS: readonly Token[] = [];
