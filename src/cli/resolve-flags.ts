/** What `braid resolve` does without an agent: opens the conflict, or takes what was made of it. `fail` does not come back. */
export function byHandStep(
  values: { readonly "by-hand"?: boolean | undefined; readonly done?: boolean | undefined },
  fail: (problem: string) => never,
): { readonly byHand?: "open" | "done" } {
  if (values["by-hand"] === true && values.done === true)
    return fail("`braid resolve` takes --by-hand or --done, one of them.");
  if (values["by-hand"] === true) return { byHand: "open" };
  return values.done === true ? { byHand: "done" } : {};
}

/** A line of a file, from FILE:LINE; `fail` does not come back. */
export function placeOf(
  word: string,
  fail: (problem: string) => never,
): { readonly file: string; readonly line: number } {
  const [, file, line] = /^(.+):([1-9]\d{0,8})$/u.exec(word) ?? [];
  if (file === undefined) return fail(`\`braid origin\` takes FILE:LINE, not "${word}".`);
  return { file, line: Number(line) };
}
