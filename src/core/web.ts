/** Where agents may look in the web: domains, or {@link ANY_DOMAIN} alone. */
export type WebDomains = readonly string[];
export const ANY_DOMAIN = "*";

/** What agents have looked for and at, each once, in order. */
export interface WebUse {
  /** Queries, as the model wrote them. */
  readonly searches: readonly string[];
  /** Domains pages were fetched from. */
  readonly domains: readonly string[];
}

/** Nothing looked at. */
export const NO_WEB: WebUse = { searches: [], domains: [] };

/** One thing an agent did in the web in a turn. */
export type WebStep =
  | { readonly type: "search"; readonly query: string; readonly problem?: string }
  | { readonly type: "fetch"; readonly url: string; readonly domain: string; readonly problem?: string };

/** What steps come to. One that failed is told as well: it was asked for. */
export function toWebUse(steps: readonly WebStep[]): WebUse {
  return addWeb(NO_WEB, {
    searches: steps.flatMap((step) => (step.type === "search" ? [step.query] : [])),
    domains: steps.flatMap((step) => (step.type === "fetch" ? [step.domain] : [])),
  });
}

/** Both together. */
export function addWeb(a: WebUse, b: WebUse): WebUse {
  const union = (one: readonly string[], other: readonly string[]) => [...new Set([...one, ...other])];
  return { searches: union(a.searches, b.searches), domains: union(a.domains, b.domains) };
}

/** What was looked at in a few words; empty where nothing was. */
export function webText({ searches, domains }: WebUse): string {
  if (searches.length + domains.length === 0) return "";
  const told = searches.slice(0, TOLD_SEARCHES).map((query) => `"${query.slice(0, TOLD_CHARS).toWellFormed()}"`);
  const more = searches.length > told.length ? [`${searches.length - told.length} more`] : [];
  return `web: ${[...told, ...more, ...domains].join(", ")}`;
}

/** Where agents may look, in words. */
export function domainsText(domains: WebDomains): string {
  return domains.includes(ANY_DOMAIN) ? "every domain" : domains.join(", ");
}

const TOLD_SEARCHES = 3;
const TOLD_CHARS = 60;

/**
 * Reads domains as a user writes them; none means no web. What is wrong comes back as one sentence. Subdomains are part of a
 * domain, and a path may follow it. Source: platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool.
 */
export function parseDomains(
  values: readonly unknown[],
): { readonly ok: true; readonly domains: WebDomains } | { readonly ok: false; readonly problem: string } {
  const domains: string[] = [];
  for (const value of values) {
    const text = typeof value === "string" ? value.trim().toLowerCase() : "";
    if (text !== ANY_DOMAIN && !DOMAIN.test(text))
      return {
        ok: false,
        problem: `${JSON.stringify(value) ?? "undefined"} is no domain. Write it as in example.com or example.com/docs: without https://, and without * (subdomains are part of it).`,
      };
    if (!domains.includes(text)) domains.push(text);
  }
  if (domains.includes(ANY_DOMAIN) && domains.length > 1)
    return { ok: false, problem: "* means every domain and stands alone." };
  if (domains.length > MAX_DOMAINS) return { ok: false, problem: `At most ${MAX_DOMAINS} domains can be named.` };
  return { ok: true, domains };
}

const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9](?:\/[\w.~%/-]*)?$/u;
const MAX_DOMAINS = 64;
