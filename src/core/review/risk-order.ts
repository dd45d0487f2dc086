/** What a risk is about, the gravest first; the review queue is in this order. */
export const RISK_KINDS = [
  "executable",
  "secret",
  "hidden",
  "tests",
  "checks",
  "findings",
  "setup",
  "scope",
  "again",
  "rejected",
  "size",
] as const;

/** Something a reviewer should know of a result before deciding, in words. */
export interface Risk {
  readonly kind: (typeof RISK_KINDS)[number];
  readonly message: string;
  /** The files it is about. */
  readonly paths: readonly string[];
}

/** Orders results for review: the one with the gravest risk first, then the one with more of them. */
export function compareRisks(a: readonly Risk[], b: readonly Risk[]): number {
  const gravity = (risks: readonly Risk[]) =>
    Math.min(RISK_KINDS.length, ...risks.map((risk) => RISK_KINDS.indexOf(risk.kind)));
  return gravity(a) - gravity(b) || b.length - a.length;
}
