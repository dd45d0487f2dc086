import * as l10n from "@vscode/l10n";
import type { TimelineRow } from "../src/core/timeline";
import { dollars, duration } from "./format";
import { Visible } from "./text";

/** Marks the critical path beside the bolder name: a sign that needs no colour. */
export const CRITICAL = "◆";

/** The timeline for who does not look at pictures. */
export function TimelineTable({ rows }: { readonly rows: readonly TimelineRow[] }) {
  return (
    <div class="table">
      <table>
        <caption class="unseen">{l10n.t("Timeline")}</caption>
        <thead>
          <tr>
            {columns().map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.subtask === null ? "run" : "subtask"} ${row.name}`}>
              <th scope="row">
                <Visible text={row.name} place="code" />
                {row.critical ? ` ${l10n.t("{0} critical path", CRITICAL)}` : ""}
              </th>
              <td>{row.startedMs === null ? "" : duration(row.startedMs)}</td>
              <td>{row.endedMs === null ? l10n.t("goes on") : duration(row.endedMs)}</td>
              <td>{duration(row.workedMs)}</td>
              <td>{row.waitedMs === 0 ? "" : duration(row.waitedMs)}</td>
              <td>{row.attempts}</td>
              <td>{dollars(row.usd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function columns(): readonly string[] {
  return [
    l10n.t("Who"),
    l10n.t("From"),
    l10n.t("To"),
    l10n.t("Worked"),
    l10n.t("Waited"),
    l10n.t("Attempts"),
    l10n.t("Cost"),
  ];
}
