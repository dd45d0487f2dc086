import type { Block, Message } from "./model";

/**
 * The same conversation with a name of its own for every tool call. A model may use one id twice, and the API refuses
 * a history in which it did. Depends on nothing but what stands before, so that the cached prefix stays the same.
 */
export function withUniqueIds(messages: readonly Message[]): readonly Message[] {
  const used = new Set<string>();
  /** New names of the last message's calls by the id the model gave them, in order. */
  let open = new Map<string, string[]>();
  return messages.map(({ role, content }) => {
    if (role === "assistant") open = new Map();
    return { role, content: content.map((block) => rename(block, used, open)) };
  });
}

function rename(block: Block, used: Set<string>, open: Map<string, string[]>): Block {
  if (block.type === "tool_use") {
    let id = block.id;
    for (let n = 2; used.has(id); n += 1) id = `${block.id}_${n}`;
    used.add(id);
    open.set(block.id, [...(open.get(block.id) ?? []), id]);
    return id === block.id ? block : { ...block, id };
  }
  if (block.type !== "tool_result") return block;
  const id = open.get(block.tool_use_id)?.shift() ?? block.tool_use_id;
  return id === block.tool_use_id ? block : { ...block, tool_use_id: id };
}
