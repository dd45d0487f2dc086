import * as l10n from "@vscode/l10n";

let language = "en";

/** Writes numbers as this language does, from now on. */
export function writeNumbersIn(tag: string): void {
  language = tag;
}

/** A number with its thousands apart: `2,000`. */
export function numeral(n: number): string {
  return n.toLocaleString(language);
}

/** Of two translated sentences, with the number in them, the one that fits it. */
export function plural(n: number, one: string, many: string): string {
  return n === 1 ? one : many;
}

/** `1 subtask`, `2,000 subtasks`. */
export function subtasksText(n: number): string {
  return plural(n, l10n.t("1 subtask"), l10n.t("{0} subtasks", numeral(n)));
}

/** How large a plan is: `6 subtasks in 4 waves`. */
export function planSize(subtasks: number, waves: number): string {
  return l10n.t(
    "{0} in {1}",
    subtasksText(subtasks),
    plural(waves, l10n.t("1 wave"), l10n.t("{0} waves", numeral(waves))),
  );
}

/** Tokens in three digits or so: `940`, `12.3k`, `1.2M`. */
export function tokens(n: number): string {
  if (n < 1000) return String(n);
  if (n < 999_500) return `${trimZero((n / 1000).toFixed(n < 99_950 ? 1 : 0))}k`;
  return `${trimZero((n / 1e6).toFixed(1))}M`;
}

/** Dollars to the cent; what rounds to nothing is said to be less than a cent. */
export function dollars(usd: number): string {
  if (usd > 0 && usd < 0.01) return "<$0.01";
  return `$${usd.toFixed(2)}`;
}

/** A span of time in its two largest units: `0.4s`, `45s`, `2m 10s`, `1h 5m`. */
export function duration(ms: number): string {
  if (ms < 10_000) return `${trimZero((Math.max(0, ms) / 1000).toFixed(1))}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`;
  return `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

/** A branch without `refs/heads/`. */
export function branchName(ref: string): string {
  return ref.replace(/^refs\/heads\//u, "");
}

function trimZero(text: string): string {
  return text.replace(/\.0$/u, "");
}
