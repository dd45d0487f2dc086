import * as l10n from "@vscode/l10n";
import { timeText } from "../src/core/gate/gate-text";
import { msLeft, SOON_MS, type TimeLeft } from "../src/core/time-left-text";
import { useNow } from "./use-now";

/** How long the run will probably take, counted down; nothing where nobody can know. */
export function TimeLeftItem({ left }: { readonly left: TimeLeft }) {
  const text = leftText(left, useNow(COUNT_DOWN_MS));
  return text === null ? null : (
    <li title={l10n.t("From the plan's estimates, and what the subtasks that are done took.")}>{text}</li>
  );
}

const COUNT_DOWN_MS = 15_000;

function leftText(left: TimeLeft, now: number): string | null {
  const ms = msLeft(left, now);
  if (ms === null) return null;
  if (ms < SOON_MS)
    return left.waits ? l10n.t("less than a minute left once you have answered") : l10n.t("less than a minute left");
  const time = timeText(ms);
  return left.waits ? l10n.t("about {0} left once you have answered", time) : l10n.t("about {0} left", time);
}
