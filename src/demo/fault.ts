import { assertNever } from "../util/assert-never";
import type { Fault } from "./rule";
import { toFrame, type Frame } from "./wire";

/** What is sent, and how it ends. */
export interface Script {
  readonly frames: readonly Frame[];
  readonly ending: "end" | "reset" | "stall";
  /** Pings sent while stalled, so that a client that counts them as life is tested too. */
  readonly pingEveryMs?: number;
  /** Whether each frame goes out by itself; otherwise the socket may join them. */
  readonly apart: boolean;
}

/** Bends a response the way the fault says. `status` and `stall` at the headers never get this far. */
export function applyFault(frames: readonly Frame[], fault: Fault | undefined): Script {
  const whole: Script = { frames, ending: "end", apart: false };
  if (fault === undefined) return whole;
  switch (fault.kind) {
    case "status":
    case "truncated_tool":
      return whole;
    case "chunks":
      return { frames: rechunk(frames, fault.bytes), ending: "end", apart: true };
    case "cut":
      return { ...whole, frames: upTo(frames, fault), ending: fault.by === "eof" ? "end" : "reset" };
    case "stall":
      return {
        ...whole,
        frames: upTo(frames, fault),
        ending: "stall",
        ...(fault.ping_every_ms === undefined ? {} : { pingEveryMs: fault.ping_every_ms }),
      };
    case "error_event": {
      const error = { type: fault.type, message: fault.message };
      return { ...whole, frames: [...upTo(frames, fault), toFrame({ type: "error", error })] };
    }
    case "inject": {
      const before = upTo(frames, fault);
      return { ...whole, frames: [...before, ...intruder(fault.event, frames), ...frames.slice(before.length)] };
    }
    default:
      return assertNever(fault);
  }
}

interface Place {
  readonly after_bytes?: number | undefined;
  readonly after_events?: number | undefined;
}

/** The frames before the place; bytes count from the start of the body and may part a frame. */
function upTo(frames: readonly Frame[], { after_bytes: bytes, after_events: events }: Place): readonly Frame[] {
  const first = events === undefined ? frames : frames.slice(0, events);
  if (bytes === undefined) return first;
  let left = bytes;
  return first.flatMap((frame) => {
    const part = frame.bytes.subarray(0, left);
    left -= part.length;
    return part.length === 0 ? [] : [{ ...frame, bytes: part }];
  });
}

function rechunk(frames: readonly Frame[], size: number): readonly Frame[] {
  const bytes = Buffer.concat(frames.map((frame) => frame.bytes));
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => ({
    bytes: bytes.subarray(i * size, (i + 1) * size),
    tokens: 0,
  }));
}

type Intruder = Extract<Fault, { kind: "inject" }>["event"];

function intruder(event: Intruder, frames: readonly Frame[]): readonly Frame[] {
  switch (event) {
    case "malformed":
      return [
        { bytes: Buffer.from('event: content_block_delta\ndata: {"type":"content_block_delta",\n\n'), tokens: 0 },
      ];
    case "unknown_event":
      return [toFrame({ type: "demo_news", detail: { of: "a later version" } })];
    case "duplicate_start":
      return frames.slice(0, 1);
    default:
      return assertNever(event);
  }
}
