import { isMap, isNode, isSeq, parseDocument } from "yaml";
import { tooDeepAt } from "./yaml-depth";

/** Where each subtask's id is written: offsets by id, of the first of two that share one. Empty where there is no list of subtasks. */
export function subtaskOffsets(text: string): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>();
  if (tooDeepAt(text) !== undefined) return offsets;
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, logLevel: "silent" });
  const list: unknown = document.get("subtasks", true);
  for (const item of isSeq(list) ? list.items : []) {
    const node: unknown = isMap(item) ? item.get("id", true) : undefined;
    const id: unknown = isMap(item) ? item.get("id") : undefined;
    if (typeof id !== "string" || !isNode(node) || !node.range || offsets.has(id)) continue;
    offsets.set(id, node.range[0]);
  }
  return offsets;
}
