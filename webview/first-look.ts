import type { FirstLook } from "../src/protocol/first-look";

/** What the host put into the page's document to be drawn at once; null where it did not, or where this page, made anew, has drawn it before. */
export function readFirstLook(drawn: string | undefined): FirstLook | null {
  const text = document.getElementById("first")?.textContent;
  const look: FirstLook | null = text === undefined || text === "" ? null : JSON.parse(text);
  return look?.id === drawn ? null : look;
}
