import { deepEqual, equal, match, ok } from "node:assert/strict";
import { decide, type RunCommand } from "../../src/core/state/decide";
import type { RunEvent } from "../../src/core/state/events";
import type { FailureCode } from "../../src/core/failure";
import { stateAfter } from "./builders";

/** What a command led to. */
export interface Then {
  /** The command was allowed and has these events. */
  records(...events: readonly RunEvent[]): void;
  /** The command was refused with this code, in words that match. */
  refused(code: FailureCode, words: RegExp): void;
}

/** `given(events).when(command).records(events)`: how a run answers what people ask of it. */
export function given(...history: readonly RunEvent[]): { when(command: RunCommand): Then } {
  return {
    when(command) {
      const decided = decide(stateAfter(...history), command);
      return {
        records(...events) {
          ok(decided.ok, decided.ok ? "" : `refused: ${decided.failure.message}`);
          deepEqual(decided.events, events);
        },
        refused(code, words) {
          ok(!decided.ok, "the command was allowed");
          equal(decided.failure.code, code);
          match(`${decided.failure.message} ${decided.failure.hint ?? ""}`, words);
        },
      };
    },
  };
}
