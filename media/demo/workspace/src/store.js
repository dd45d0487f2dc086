import { newCode } from "./code.js";

/** Keeps links in memory. */
export function createStore({ nextCode = newCode, now = Date.now } = {}) {
  const links = new Map();

  return {
    /** Adds a link under a code nobody has yet. */
    add(url) {
      let code = nextCode();
      while (links.has(code)) code = nextCode();
      const link = { code, url, createdAt: now() };
      links.set(code, link);
      return link;
    },

    find(code) {
      return links.get(code);
    },

    get size() {
      return links.size;
    },
  };
}
