/** A comment on a line, from `PATH:LINE TEXT`; with a minus before the number on a line as it was before. */
export function commentOf(
  word: string,
  fail: (problem: string) => never,
): { readonly path: string; readonly side: "base" | "result"; readonly line: number; readonly text: string } {
  const [, path, minus, line, text] = /^(.+?):(-?)([1-9]\d{0,8})\s+(\S[\s\S]*)$/u.exec(word) ?? [];
  if (path === undefined || text === undefined) return fail(`--comment takes "PATH:LINE TEXT", not "${word}".`);
  return { path, side: minus === "-" ? "base" : "result", line: Number(line), text: text.trim() };
}
