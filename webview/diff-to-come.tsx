import * as l10n from "@vscode/l10n";
import { STATUS_WORDS } from "../src/core/review/file-words";
import type { ChangedFile } from "../src/core/state/events";
import { filesText } from "./file-groups";
import { numeral, plural } from "./format";
import { LineCounts, Visible } from "./text";

/** Names that are shown until the diff is there. */
const MAX_NAMES = 30;

/** The changed files by name, as the log has them: what can be read while git makes the diff. */
export function DiffToCome({ files }: { readonly files: readonly ChangedFile[] }) {
  return (
    <section class="part" aria-busy="true" aria-label={l10n.t("Loading the diff")}>
      <div class="diff-head">
        <h3>
          {filesText(files.length)} <LineCounts added={sum(files, "added")} deleted={sum(files, "deleted")} />
        </h3>
        <span class="quiet">{l10n.t("Loading…")}</span>
      </div>
      {files.slice(0, MAX_NAMES).map(({ path, from, status, added, deleted }) => (
        <div key={path} class="file">
          <div class="file-head to-come">
            <span class="path">
              {from !== undefined && (
                <>
                  <Visible text={from} place="code" />
                  {" → "}
                </>
              )}
              <Visible text={path} place="code" />
            </span>
            <span class="file-status">{STATUS_WORDS[status]}</span>
            {added !== undefined && deleted !== undefined && <LineCounts added={added} deleted={deleted} />}
          </div>
        </div>
      ))}
      {files.length > MAX_NAMES && <p class="quiet">{moreText(files.length - MAX_NAMES)}</p>}
    </section>
  );
}

function sum(files: readonly ChangedFile[], what: "added" | "deleted"): number {
  return files.reduce((total, file) => total + (file[what] ?? 0), 0);
}

function moreText(n: number): string {
  return plural(n, l10n.t("And 1 more file."), l10n.t("And {0} more files.", numeral(n)));
}
