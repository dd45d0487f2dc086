import { newPlaceholder } from "./placeholder";

/** One replacement, as the model asked for it. */
export interface Replacement {
  readonly oldString: string;
  readonly newString: string;
  readonly replaceAll: boolean;
}

/** The new bytes, or why there are none, in words for the model. */
export type Edited =
  | { readonly ok: true; readonly bytes: Buffer; readonly count: number }
  | { readonly ok: false; readonly message: string };

/**
 * Replaces exact bytes and touches no other: byte order marks, mixed line ends and bytes that are not UTF-8 survive.
 * In a file whose lines all end in CRLF, line ends of both strings are read as CRLF.
 */
export function editBytes(bytes: Uint8Array, replacement: Replacement): Edited {
  // Latin-1 maps every byte to one character and back, so that string search is byte search.
  const text = Buffer.from(bytes).toString("latin1");
  const toText = isAllCrlf(text) ? (s: string) => toCrlf(toBytes(s)) : toBytes;
  const oldText = toText(replacement.oldString);
  const newText = toText(replacement.newString);
  if (oldText === "") return no("old_string is empty; use write to create or replace a whole file.");
  if (oldText === newText) return no("old_string and new_string are the same.");

  const placeholder = newPlaceholder(replacement.oldString, replacement.newString);
  if (placeholder !== undefined)
    return no(`new_string says "${placeholder}", which stands for code that is left out; write all of it.`);

  const places = findAll(text, oldText);
  if (places.length === 0) return no(`old_string was not found. ${whyNotFound(text, oldText)}`);
  if (places.some((place, i) => i > 0 && place - (places[i - 1] ?? 0) < oldText.length))
    return no(`old_string matches ${places.length} times, and matches overlap; take in more of the lines around it.`);
  if (places.length > 1 && !replacement.replaceAll)
    return no(`old_string matches ${places.length} times; take in more of the lines around it, or set replace_all.`);

  const size = text.length + places.length * (newText.length - oldText.length);
  if (size > MAX_BYTES)
    return no(`The file would have ${Math.ceil(size / 1024 / 1024)} MB, which is too large for an edit; use bash.`);

  let result = "";
  let from = 0;
  for (const place of places) {
    result += text.slice(from, place) + newText;
    from = place + oldText.length;
  }
  return { ok: true, bytes: Buffer.from(result + text.slice(from), "latin1"), count: places.length };
}

/** No file a person edits is larger, in bytes; a short word put for another in every place makes it so. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Every place, overlapping ones too. */
function findAll(text: string, part: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) places.push(at);
  return places;
}

function whyNotFound(text: string, part: string): string {
  if (text.replaceAll("\r\n", "\n").includes(part.replaceAll("\r\n", "\n")))
    return "It matches but for its line ends: the file has both CRLF and LF.";
  const squeezed = (s: string) => s.replaceAll(/[ \t\r\n]+/gu, " ");
  if (squeezed(text).includes(squeezed(part))) return "It matches but for white space; copy it exactly.";
  return "Read the file again and copy the text exactly, without line numbers.";
}

function isAllCrlf(text: string): boolean {
  return text.includes("\r\n") && !/(?<!\r)\n/u.test(text);
}

function toCrlf(text: string): string {
  return text.replaceAll(/(?<!\r)\n/gu, "\r\n");
}

function toBytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

function no(message: string): Edited {
  return { ok: false, message };
}
