import { timeLeftText, type TimeLeft } from "../src/core/time-left-text";
import { useNow } from "./use-now";

/** How long the run will probably take, counted down. */
export function TimeLeftText({ left }: { readonly left: TimeLeft }) {
  return <>{timeLeftText(left, useNow(COUNT_DOWN_MS))}</>;
}

const COUNT_DOWN_MS = 15_000;
