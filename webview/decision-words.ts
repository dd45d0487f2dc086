import * as l10n from "@vscode/l10n";
import type { TickCount } from "../src/core/review/ticks";
import { numeral } from "./format";

/** What the accept button says it will do. */
export function acceptLabel({ ticked, total, unit }: TickCount, how: "alone" | "with dependencies" | "again"): string {
  const [some, all] = [numeral(ticked), numeral(total)];
  const isAlone = how !== "with dependencies";
  if (ticked === total && how === "again") return l10n.t("Accept Again");
  if (ticked === total) return isAlone ? l10n.t("Accept") : l10n.t("Accept with Dependencies");
  if (unit === "change")
    return isAlone
      ? l10n.t("Accept {0} of {1} changes", some, all)
      : l10n.t("Accept {0} of {1} changes with Dependencies", some, all);
  if (total > 1)
    return isAlone
      ? l10n.t("Accept {0} of {1} hunks", some, all)
      : l10n.t("Accept {0} of {1} hunks with Dependencies", some, all);
  return isAlone ? l10n.t("Accept {0} of 1 hunk", some) : l10n.t("Accept {0} of 1 hunk with Dependencies", some);
}

/** What the undo button says it will do. */
export function undoLabel({ ticked, total, unit }: TickCount): string {
  if (ticked === 0 || ticked === total) return l10n.t("Undo Accept");
  const [some, all] = [numeral(ticked), numeral(total)];
  return unit === "hunk" ? l10n.t("Undo {0} of {1} hunks", some, all) : l10n.t("Undo {0} of {1} changes", some, all);
}
