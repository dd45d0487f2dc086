import * as l10n from "@vscode/l10n";
import { useState } from "preact/hooks";
import type { Actions, NoteText } from "./actions";
import { memo } from "./memo";
import { Problem } from "./problem";
import { Visible } from "./text";

interface NotesProps {
  readonly subtask: string;
  readonly names: readonly string[];
  readonly actions: Actions;
}

/** The notes a subtask wrote, each asked for when it is opened. */
export const Notes = memo(({ subtask, names, actions }: NotesProps) => {
  if (names.length === 0) return null;
  return (
    <section class="part" aria-labelledby="notes-title">
      <h3 id="notes-title">{l10n.t("Notes")}</h3>
      {names.map((name) => (
        <Note key={`${subtask} ${name}`} subtask={subtask} name={name} actions={actions} />
      ))}
    </section>
  );
});

interface NoteProps {
  readonly subtask: string;
  readonly name: string;
  readonly actions: Actions;
}

function Note({ subtask, name, actions }: NoteProps) {
  const [shown, setShown] = useState<NoteText | null>(null);
  const read = () => {
    setShown(null);
    void actions.readNote(subtask, name).then(setShown);
  };
  return (
    // A note may have been written again since it was last open.
    <details class="fold note" onToggle={(event) => event.currentTarget.open && read()}>
      <summary>
        <code>
          <Visible text={name} place="code" />
        </code>
      </summary>
      {shown === null && (
        <p class="quiet" aria-busy="true">
          {l10n.t("Loading the note…")}
        </p>
      )}
      {shown?.kind === "failed" && <Problem failure={shown.failure} alert onRetry={read} />}
      {shown?.kind === "text" && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
        <pre class="output" tabIndex={0} aria-label={l10n.t("Note {0}", name)}>
          {shown.text.trim() === "" ? l10n.t("Empty.") : <Visible text={shown.text} place="prose" />}
        </pre>
      )}
    </details>
  );
}
