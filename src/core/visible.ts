/** A piece of text as it may be shown: as it is, or the name of a character nobody would see. */
export type Piece = { readonly kind: "text"; readonly text: string } | { readonly kind: "mark"; readonly text: string };

/**
 * Where a text stands. In `code` (paths, commands, diff lines) odd blanks are marked as well; `prose` keeps line ends
 * and the no-break blanks that French needs.
 */
export type Place = "code" | "prose";

/*
 * Characters that change what a reader sees without being seen: controls, bidi marks, zero width, tags, lone
 * surrogates (CVE-2021-42574 "Trojan Source"). What makes one emoji of several code points stays.
 */
const JOINS_EMOJI = String.raw`(?!(?<=\p{Extended_Pictographic})\ufe0f|(?<=\p{Extended_Pictographic}\ufe0f?|\p{Emoji_Modifier})\u200d(?=\p{Extended_Pictographic}))`;
const HIDDEN = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}`;
const PATTERNS: Readonly<Record<Place, RegExp>> = {
  code: new RegExp(String.raw`${JOINS_EMOJI}(?![\t])[${HIDDEN}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800]`, "gu"),
  prose: new RegExp(String.raw`${JOINS_EMOJI}(?![\t\n])[${HIDDEN}]`, "gu"),
};

/** Splits text at the characters that would not be seen and names them, as in ⟨U+202E⟩. */
export function visiblePieces(text: string, place: Place): readonly Piece[] {
  const pieces: Piece[] = [];
  let shown = 0;
  for (const match of text.matchAll(PATTERNS[place])) {
    if (match.index > shown) pieces.push({ kind: "text", text: text.slice(shown, match.index) });
    pieces.push({ kind: "mark", text: nameOf(match[0]) });
    shown = match.index + match[0].length;
  }
  if (shown < text.length) pieces.push({ kind: "text", text: text.slice(shown) });
  return pieces;
}

/** The same as one string, for labels and tooltips. */
export function visibleText(text: string, place: Place): string {
  return text.replace(PATTERNS[place], nameOf);
}

/** Output of a command without the colours a terminal would show. */
export function withoutColours(output: string): string {
  return output.replace(/\u001b\[[0-9;]*m/gu, "").replaceAll("\r\n", "\n");
}

function nameOf(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `⟨U+${hex}⟩`;
}
