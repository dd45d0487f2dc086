import { useState } from "preact/hooks";
import type { DiffLine, Hunk } from "../src/core/diff";
import { lineCountsOf } from "../src/core/hunks";
import type { ShownFile } from "../src/protocol/messages";
import type { Actions } from "./actions";
import { fileWords } from "./file-words";
import { cutHunks } from "./cut-hunks";
import { countOf } from "./format";
import { memo } from "./memo";
import { Icon, LineCounts, Visible } from "./text";
import { visibleText } from "../src/core/visible";

interface FileProps {
  readonly subtask: string;
  readonly file: ShownFile;
  /** Folded until asked for: there is much of it, or much before it. */
  readonly folded: boolean;
  readonly actions: Actions;
}

/** One changed file: what happened to it in words, then its hunks. */
export const FileView = memo((props: FileProps) => <FileSection {...props} />);

function FileSection({ subtask, file, folded, actions }: FileProps) {
  const [open, setOpen] = useState(true);
  const words = fileWords(file);
  const counts = lineCountsOf(file);
  const total = file.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
  const [shown, setShown] = useState(folded ? 0 : total);
  const rest = total - shown;
  const label = visibleText(file.path, "code");
  return (
    <section class="file" data-file={file.path} aria-label={label}>
      <h4 class="file-head">
        <button type="button" class="file-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? "chevron-down" : "chevron-right"} />
          <span class="path">
            {file.from !== undefined && (
              <>
                <Visible text={file.from} place="code" />
                {" → "}
              </>
            )}
            <Visible text={file.path} place="code" />
          </span>
        </button>
        <span class={`file-status status-${file.status}`}>{words.status}</span>
        {words.lines && <LineCounts added={counts.added} deleted={counts.deleted} />}
        <button
          type="button"
          class="quiet-button"
          aria-label={`Open ${label} in diff editor`}
          onClick={() => actions.openDiff(subtask, file.path)}
        >
          <Icon name="go-to-file" />
          <span class="wide">Open in diff editor</span>
        </button>
      </h4>
      {open && (
        <div class="file-body">
          {words.notes.map((note) => (
            <p key={note} class="note">
              {note}
            </p>
          ))}
          {words.lines &&
            cutHunks(file.hunks, shown).map((hunk, i) => (
              <HunkTable key={i} hunk={hunk} markReturns={words.markReturns} />
            ))}
          {words.lines && rest > 0 && (
            <button type="button" class="secondary show-lines" onClick={() => setShown(shown + Math.min(rest, STEP))}>
              Show {rest > STEP && `${STEP.toLocaleString("en")} of `}
              {countOf(rest, shown === 0 ? "line" : "more line")}
            </button>
          )}
        </div>
      )}
    </section>
  );
}

/** The lines a click brings: as many as are drawn before anybody notices. */
const STEP = 5_000;

interface HunkProps {
  readonly hunk: Hunk;
  readonly markReturns: boolean;
}

const HunkTable = memo(({ hunk, markReturns }: HunkProps) => {
  const rows = [];
  let oldLine = hunk.oldStart;
  let newLine = hunk.newStart;
  for (const [i, line] of hunk.lines.entries()) {
    rows.push(
      <tr key={i} class={line.kind}>
        <td class="number">{line.kind === "added" ? "" : oldLine}</td>
        <td class="number">{line.kind === "deleted" ? "" : newLine}</td>
        <td class="sign">{SIGN[line.kind]}</td>
        <td class="code">
          <LineText line={line} markReturns={markReturns} />
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
    <div class="hunk">
      <div class="hunk-head">
        @@ -{hunk.oldStart},{hunk.oldLines} +{hunk.newStart},{hunk.newLines} @@{" "}
        <Visible text={hunk.heading} place="code" />
      </div>
      <table aria-label={`Lines from ${hunk.newStart}`}>
        <tbody>{rows}</tbody>
      </table>
    </div>
  );
});

const SIGN: Readonly<Record<DiffLine["kind"], string>> = { added: "+", deleted: "−", context: " " };

function LineText({ line, markReturns }: { readonly line: DiffLine; readonly markReturns: boolean }) {
  const text = line.text.replace(/\r$/u, "");
  return (
    <>
      <Visible text={text} place="code" />
      {markReturns && text !== line.text && <span class="mark">CR</span>}
    </>
  );
}
