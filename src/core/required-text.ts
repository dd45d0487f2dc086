/** Shorter texts are in nearly every file. */
const MIN_CHARS = 3;

/**
 * The longest text that stands in every line a regular expression matches; undefined where that is not sure. What is not plainly
 * understood counts for nothing, so the answer holds for JavaScript's expressions and ripgrep's. Without case it is ASCII only, and has
 * no letter that is one with another outside of it (K and the Kelvin sign, S and the long s).
 */
export function requiredText(pattern: string, ignoreCase: boolean): string | undefined {
  // An alternative makes everything beside it optional, and a flag may change what characters mean.
  if (pattern.includes("|") || pattern.includes("(?")) return undefined;
  const runs: string[] = [];
  let run = "";
  const end = (): void => {
    runs.push(run);
    run = "";
  };
  let depth = 0;
  for (let i = 0; i < pattern.length; i += 1) {
    const char = pattern[i] ?? "";
    let literal: string | undefined;
    if (char === "\\") {
      i += 1;
      const escaped = pattern[i] ?? "";
      // `\x41`, `\p{L}`, `\1`: what follows belongs to it in a way that is not worth knowing.
      if (/[0-9cgkopuxPUX]/u.test(escaped)) return undefined;
      // Other escapes may be assertions, as `\\<` is in ripgrep.
      literal = /[-.^$*+?()[\]{}/\\]/u.test(escaped) ? escaped : undefined;
    } else if (char === "[") {
      // In a class "]" may stand first, and ripgrep's may hold others: too much to tell its end.
      const close = /^\[\^?[\w .,:;=@/-]+\]/u.exec(pattern.slice(i));
      if (close === null) return undefined;
      i += close[0].length - 1;
    } else if (char === "(") depth += 1;
    else if (char === ")") depth -= 1;
    else if (char === "*" || char === "?" || char === "{") {
      // What stands before it may not be there at all.
      run = run.replace(/.$/u, "");
      if (char === "{") i = Math.max(pattern.indexOf("}", i), i);
    } else if (!/[.^$+]/u.test(char)) literal = char;
    if (depth < 0) return undefined;
    if (literal === undefined || depth > 0) end();
    else run += literal;
  }
  end();
  if (depth !== 0) return undefined;
  const usable = ignoreCase ? runs.flatMap((each) => each.split(/[^\u0000-\u007f]|[ks]/iu)) : runs;
  const longest = usable.reduce((best, each) => (each.length > best.length ? each : best), "");
  return longest.length < MIN_CHARS ? undefined : longest;
}
