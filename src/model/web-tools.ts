import type { Anthropic } from "@anthropic-ai/sdk";
import { ANY_DOMAIN, type WebDomains } from "../core/web";

/** Searches and pages of one request at most, and tokens of one page. */
export const MAX_SEARCHES = 5;
export const MAX_FETCHES = 5;
export const MAX_PAGE_TOKENS = 20_000;
/** What the results of one search come to, by a rough count: ten hits with their text. */
const SEARCH_TOKENS = 10_000;

/** Tokens the web tools may add to one request. */
export const MAX_WEB_TOKENS = MAX_SEARCHES * SEARCH_TOKENS + MAX_FETCHES * MAX_PAGE_TOKENS;

/**
 * The API's own tools for the web, called by the model alone: no code of its runs between. A page is fetched only if its
 * address came from the user or from another page, never from a file or a command's output. Source: `WebSearchTool20260318`
 * and `WebFetchTool20260318` of @anthropic-ai/sdk 1.12.0; models before 4.6 take the first versions of both.
 */
export function webTools(model: string, domains: WebDomains): Anthropic.ToolUnion[] {
  const allowed = domains.includes(ANY_DOMAIN) ? {} : { allowed_domains: [...domains] };
  if (!NEWEST.test(model))
    return [
      { type: "web_search_20250305", name: "web_search", max_uses: MAX_SEARCHES, ...allowed },
      {
        type: "web_fetch_20250910",
        name: "web_fetch",
        max_uses: MAX_FETCHES,
        max_content_tokens: MAX_PAGE_TOKENS,
        ...allowed,
      },
    ];
  return [
    {
      type: "web_search_20260318",
      name: "web_search",
      allowed_callers: ["direct"],
      max_uses: MAX_SEARCHES,
      ...allowed,
    },
    {
      type: "web_fetch_20260318",
      name: "web_fetch",
      allowed_callers: ["direct"],
      max_uses: MAX_FETCHES,
      max_content_tokens: MAX_PAGE_TOKENS,
      url_sources: { client_tool_results: { type: "none" } },
      ...allowed,
    },
  ];
}

const NEWEST = /^claude-(?:(?:opus|sonnet|haiku|fable|mythos)-5|(?:opus-4-[678]|sonnet-4-6))(?:-|$)/u;
