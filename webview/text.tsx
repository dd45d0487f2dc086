import * as l10n from "@vscode/l10n";
import type { ComponentChildren } from "preact";
import { visiblePieces, type Place } from "../src/core/visible";
import { numeral } from "./format";
import { ICONS, type IconName, type Shown } from "./words";

/** Text that someone else wrote: shown as text, with what would be invisible made visible. */
export function Visible({ text, place }: { readonly text: string; readonly place: Place }) {
  return (
    <>
      {visiblePieces(text, place).map((piece, i) =>
        piece.kind === "text" ? (
          piece.text
        ) : (
          <span key={i} class="mark">
            {piece.text}
          </span>
        ),
      )}
    </>
  );
}

/** A translated sentence with parts of the page in it: the first stands where it says `{0}`. */
export function Sentence({ text, parts }: { readonly text: string; readonly parts: readonly ComponentChildren[] }) {
  return <>{text.split(/\{(\d)\}/u).map((piece, i) => (i % 2 === 0 ? piece : parts[Number(piece)]))}</>;
}

/** A codicon. Never alone: a word stands beside it. */
export function Icon({ name, spin }: { readonly name: IconName; readonly spin?: boolean }) {
  return (
    <span class={spin === true ? "icon spin" : "icon"} aria-hidden="true">
      {ICONS[name]}
    </span>
  );
}

/** A status or phase: glyph and word. */
export function Status({ shown }: { readonly shown: Shown }) {
  return (
    <span class={`status tone-${shown.tone}`}>
      <Icon name={shown.icon} spin={shown.icon === "sync"} />
      <span>{shown.word}</span>
    </span>
  );
}

/** Lines added and deleted. */
export function LineCounts({ added, deleted }: { readonly added: number; readonly deleted: number }) {
  return (
    <span class="counts">
      <span class="added" aria-label={l10n.t("{0} added", numeral(added))}>
        +{numeral(added)}
      </span>{" "}
      <span class="deleted" aria-label={l10n.t("{0} deleted", numeral(deleted))}>
        −{numeral(deleted)}
      </span>
    </span>
  );
}
