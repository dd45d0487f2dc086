import type { Stretch } from "../../src/core/review/intraline";
import type { Colour, Token } from "./tokenise";

/** A piece of a line that looks the same from end to end. */
export interface LinePiece {
  readonly from: number;
  readonly to: number;
  readonly colour: Colour | undefined;
  /** Whether it differs from the line it stands for. */
  readonly isChanged: boolean;
}

/** A line in pieces: where a colour or a change begins or ends, a piece does. Both lists are in order; what lies beyond the text is cut. */
export function piecesOf(text: string, changed: readonly Stretch[], tokens: readonly Token[]): readonly LinePiece[] {
  const pieces: LinePiece[] = [];
  let [at, c, t] = [0, 0, 0];
  while (at < text.length) {
    while ((changed[c]?.to ?? Infinity) <= at) c += 1;
    while ((tokens[t]?.to ?? Infinity) <= at) t += 1;
    const [stretch, token] = [changed[c], tokens[t]];
    const isChanged = stretch !== undefined && stretch.from <= at;
    const isToken = token !== undefined && token.from <= at;
    const ends = [isChanged ? stretch.to : stretch?.from, isToken ? token.to : token?.from];
    const to = Math.min(text.length, ...ends.filter((end) => end !== undefined));
    pieces.push({ from: at, to, colour: isToken ? token.colour : undefined, isChanged });
    at = to;
  }
  return pieces;
}
