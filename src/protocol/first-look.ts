import type { Opened, Snapshot } from "./messages";

/** What a page draws before it has asked for anything. It asks all the same: this may be older than the page. */
export interface FirstLook {
  /** Names it: a page that VS Code makes anew from the same document has drawn it before, and does not again. */
  readonly id: string;
  readonly snapshot: Snapshot;
  /** What will be looked at first, where it could be read in time. */
  readonly result: { readonly subtask: string; readonly commit: string; readonly opened: Opened } | null;
}

/** A larger one is not worth its way through VS Code, and is asked for. */
const MAX_CHARS = 600_000;

/**
 * As a text for the inside of a script that is not run; undefined where it would be too long. Only `<` could end that script; and
 * VS Code puts addresses of its own in the place of quoted ones that begin with `vscode-`, wherever they stand.
 */
export function firstLookText(look: FirstLook): string | undefined {
  const text = JSON.stringify(look)
    .replaceAll("<", "\\u003c")
    .replaceAll(/v(?=scode-)/giu, escaped);
  return text.length > MAX_CHARS ? undefined : text;
}

function escaped(letter: string): string {
  return `\\u00${letter.charCodeAt(0).toString(16)}`;
}
