import { createHash } from "node:crypto";
import type { Attribute } from "../core/api-call";

/** What a span is about, beside its attributes. Times are in milliseconds since the epoch. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parent: string | null;
  readonly name: string;
  /** A call to somebody else's server, or work of our own. */
  readonly kind: "client" | "internal";
  readonly from: number;
  readonly to: number;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly events: readonly SpanEvent[];
  /** A code of ours where it failed; never a sentence, which may quote anything. */
  readonly error: string | null;
}

/** Something that happened within a span. */
export interface SpanEvent {
  readonly at: number;
  readonly name: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** The trace of a run: the same for everybody who derives it. */
export function traceIdOf(run: string): string {
  return digest(`run ${run}`, 32);
}

/** The span that begins with this event of a run's log, or the `part`-th thing in it. Deterministic, so that a resumed run repeats none. */
export function spanIdOf(run: string, seq: number, part: string): string {
  return digest(`run ${run} event ${seq} ${part}`, 16);
}

function digest(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}
