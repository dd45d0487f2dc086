/** An id for what somebody wants done, in its first words; a number where they have no letters an id can have. */
export function newSubtaskId(description: string, taken: readonly string[]): string {
  const words = description
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9\s-]/gu, "")
    .split(/[\s-]+/u)
    .filter((word) => word !== "");
  const stem = words.slice(0, MAX_WORDS).join("-").slice(0, MAX_CHARS).replace(/-+$/u, "");
  const base = stem === "" ? "subtask" : stem;
  for (let number = stem === "" ? 1 : 0; ; number += 1) {
    const id = number === 0 ? base : `${base}-${stem === "" ? number : number + 1}`;
    if (!taken.includes(id)) return id;
  }
}

const MAX_WORDS = 4;
const MAX_CHARS = 40;
