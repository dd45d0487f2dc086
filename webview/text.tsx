import { visiblePieces, type Place } from "../src/core/visible";
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
      <span class="added" aria-label={`${added} added`}>
        +{added.toLocaleString("en")}
      </span>{" "}
      <span class="deleted" aria-label={`${deleted} deleted`}>
        −{deleted.toLocaleString("en")}
      </span>
    </span>
  );
}
