import type { CountRequest, RequestBlock } from "./request";

/** The kinds of server tools whose use and result stand side by side in one assistant message. */
const RESULTS: Readonly<Record<string, string>> = {
  web_search: "web_search_tool_result",
  web_fetch: "web_fetch_tool_result",
};
const DOMAIN = /^(?:[a-z0-9-]+\.)+[a-z0-9-]+(?:\/\S*)?$/iu;

/** What the API would refuse in the definition of a web tool, in its words. */
export function checkWebTools({ tools = [] }: CountRequest): string | undefined {
  for (const [i, tool] of tools.entries()) {
    if (!/^web_(?:search|fetch)_\d{8}$/u.test(tool.type ?? "")) continue;
    const allowed: unknown = tool["allowed_domains"] ?? undefined;
    const blocked: unknown = tool["blocked_domains"] ?? undefined;
    if (allowed !== undefined && blocked !== undefined)
      return `tools.${i}: allowed_domains and blocked_domains cannot both be set`;
    for (const domain of [allowed ?? [], blocked ?? []].flat())
      if (typeof domain !== "string" || !DOMAIN.test(domain))
        return `tools.${i}.allowed_domains: invalid domain ${JSON.stringify(domain)}`;
  }
  return undefined;
}

/**
 * What the API would refuse in the history of server tools: a use without its result (but at the end, where a paused turn is
 * taken up), a result without its use. `messages` are the runs of one role's blocks, in order.
 */
export function checkWebBlocks(
  messages: readonly { readonly role: string; readonly blocks: readonly RequestBlock[] }[],
): string | undefined {
  for (const [i, { role, blocks }] of messages.entries()) {
    const isLast = i === messages.length - 1;
    const open = new Map<string, string>();
    for (const block of blocks) {
      if (block.type === "server_tool_use") {
        if (role === "user") return "`server_tool_use` blocks can only be in `assistant` messages";
        const name = String(block["name"]);
        if (name in RESULTS) open.set(String(block["id"]), name);
      } else if (Object.values(RESULTS).includes(block.type)) {
        const id = String(block["tool_use_id"]);
        if (RESULTS[open.get(id) ?? ""] !== block.type)
          return `unexpected \`tool_use_id\` found in \`${block.type}\` blocks: ${id}`;
        open.delete(id);
      }
    }
    const [left] = [...open];
    if (left !== undefined && !isLast)
      return `\`${left[1]}\` tool use with id \`${left[0]}\` was found without a corresponding \`${RESULTS[left[1]] ?? ""}\` block`;
  }
  return undefined;
}
