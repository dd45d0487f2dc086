import * as z from "zod";
import type { WebStep } from "../core/web";
import type { Block } from "../model/model";

/** Characters of a query or address that are told, and steps of one turn. */
const MAX_CHARS = 300;
const MAX_STEPS = 100;

/** What a message did in the web, read off the blocks of the API's own tools. */
export function webSteps(content: readonly Block[]): readonly WebStep[] {
  const raw = content.flatMap((block) => (block.type === "opaque" ? [block.raw] : []));
  const problems = new Map(
    raw.flatMap((block) => {
      const { data } = Result.safeParse(block);
      const code = ResultError.safeParse(data?.content).data?.error_code;
      return data === undefined || code === undefined ? [] : [[data.tool_use_id, code] as const];
    }),
  );
  return raw
    .flatMap((block): readonly WebStep[] => {
      const { data } = Use.safeParse(block);
      if (data === undefined) return [];
      const code = problems.get(data.id);
      const problem = code === undefined ? {} : { problem: cut(code) };
      const { query, url } = data.input;
      if (data.name === "web_search") return [{ type: "search", query: cut(query ?? ""), ...problem }];
      if (data.name !== "web_fetch") return [];
      return [{ type: "fetch", url: cut(url ?? ""), domain: domainOf(url ?? ""), ...problem }];
    })
    .slice(0, MAX_STEPS);
}

const Use = z.looseObject({
  type: z.literal("server_tool_use"),
  id: z.string(),
  name: z.string(),
  input: z.looseObject({ query: z.string().optional().catch(undefined), url: z.string().optional().catch(undefined) }),
});
const Result = z.looseObject({
  type: z.enum(["web_search_tool_result", "web_fetch_tool_result"]),
  tool_use_id: z.string(),
  content: z.unknown(),
});
const ResultError = z.looseObject({ error_code: z.string() });

function domainOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : cut(url);
}

function cut(text: string): string {
  return text.length <= MAX_CHARS ? text : `${text.slice(0, MAX_CHARS).toWellFormed()}…`;
}
