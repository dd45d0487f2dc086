import { totalTokens, type Usage } from "../../core/usage";
import type { ModelRequest } from "../../model/model";
import { modelLimits } from "../../model/models";
import { costOf, type PriceRule } from "../../model/prices";
import { MAX_SEARCHES, MAX_WEB_TOKENS } from "../../model/web-tools";
import { estimateTokens } from "../../model/token-estimate";

/** The most one call can be expected to cost. */
export interface CallEstimate {
  readonly usd: number;
  readonly tokens: number;
}

/**
 * What a call may cost at most, before it is sent: the conversation up to its last answer as the API counted it then,
 * what was added since by its length, all of it as if it were new to the cache (the dearest price there is for
 * input), and an answer as long as it may get. `last` is the usage of the turn before.
 */
export function estimateCall(
  request: ModelRequest,
  last: Usage | undefined,
  prices?: readonly PriceRule[],
): CallEstimate {
  const { system, tools, messages } = request;
  const added = last === undefined ? { system, tools, messages } : { messages: messages.slice(-1) };
  const input = (last === undefined ? 0 : totalTokens(last)) + estimateTokens(added);
  const output = Math.min(request.maxTokens, modelLimits(request.model).maxOutputTokens);
  const found = request.web === undefined ? 0 : MAX_WEB_TOKENS;
  const counts = {
    inputTokens: 0,
    outputTokens: output,
    cacheReadTokens: 0,
    cacheWriteTokens: input + found,
    webSearches: request.web === undefined ? 0 : MAX_SEARCHES,
  };
  return { usd: costOf(request.model, counts, prices), tokens: input + found + output };
}
