import { tokenText } from "./gate/gate-text";

/** How much of its model's window a conversation fills, in tokens: the last request and its answer. */
export interface ContextUse {
  readonly tokens: number;
  readonly window: number;
  /** `tokens` is not the API's count: the conversation was made shorter since, or a server's tool counted it many times. */
  readonly isEstimate?: true;
}

/** Whole per cent of the window, 100 at most. */
export function contextPercent({ tokens, window }: ContextUse): number {
  return window <= 0 ? 100 : Math.min(100, Math.round((100 * tokens) / window));
}

/** `34 % of its context, 68k of 200k tokens`. */
export function contextText(use: ContextUse): string {
  const about = use.isEstimate === true ? "about " : "";
  return `${about}${contextPercent(use)} % of its context, ${tokenText(use.tokens)} of ${tokenText(use.window)} tokens`;
}
