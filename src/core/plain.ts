import { visibleText } from "./visible";

/** Text as a terminal may have it: escape sequences, turned-round and unseen characters, which models could write, are named. */
export function plain(text: string): string {
  return visibleText(text, "prose");
}
