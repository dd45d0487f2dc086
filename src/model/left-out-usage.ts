import type { Usage } from "../core/usage";
import type { Block, ModelRequest } from "./model";
import { estimateTokens } from "./token-estimate";

/**
 * Token counts with what the server left out. Nothing is asked without a word and answered with words that count as none, so a
 * side that is said to be empty is a gateway that does not count; a budget is kept by its length then, and `estimatedTokens`
 * says how much of the sum that is.
 */
export function withLeftOut(
  tokens: Omit<Usage, "usd">,
  { system, tools, messages }: Pick<ModelRequest, "system" | "tools" | "messages">,
  content: readonly Block[],
): Omit<Usage, "usd"> {
  const isAskCounted = tokens.inputTokens + tokens.cacheReadTokens + tokens.cacheWriteTokens > 0;
  const isAnswerCounted = tokens.outputTokens > 0 || content.length === 0;
  if (isAskCounted && isAnswerCounted) return tokens;
  const inputTokens = isAskCounted ? 0 : estimateTokens({ system, tools, messages });
  const outputTokens = isAnswerCounted ? 0 : estimateTokens({ messages: [{ role: "assistant", content }] });
  return {
    ...tokens,
    inputTokens: tokens.inputTokens + inputTokens,
    outputTokens: tokens.outputTokens + outputTokens,
    estimatedTokens: inputTokens + outputTokens,
  };
}
