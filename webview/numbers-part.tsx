import * as l10n from "@vscode/l10n";
import { useState } from "preact/hooks";
import { numbersOf, qualityLines } from "../src/core/report-numbers";
import type { RunView } from "../src/core/state/view";
import { Visible } from "./text";

/** What the run took and how well it was made, as the report has it; folded until somebody asks. */
export function NumbersPart({ view }: { readonly view: RunView }) {
  const [open, setOpen] = useState(false);
  const rows = numbersOf(view);
  const [first] = rows;
  if (first === undefined) return null;
  return (
    <details class="fold numbers" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <b>{l10n.t("Numbers")}</b>{" "}
        <span class="quiet">
          {first[0]} {first[1]}
        </span>
      </summary>
      {open && (
        <>
          <dl>
            {rows.map(([name, value, how]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <b>{value}</b> <span class="quiet">· {how}</span>
                </dd>
              </div>
            ))}
          </dl>
          {qualityLines(view).map(({ about, lines }) => (
            <section key={about}>
              <h2>{about}</h2>
              <ul>
                {lines.map((line) => (
                  <li key={line}>
                    <Visible text={line} place="prose" />
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </>
      )}
    </details>
  );
}
