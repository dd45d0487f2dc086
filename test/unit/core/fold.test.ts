import { valueAt, valuesOf } from "../../../src/core/state/chunked";
import { deepEqual } from "node:assert/strict";
import type { RecordedEvent } from "../../../src/core/state/events";
import { evolve, foldAll } from "../../../src/core/state/fold";
import { initialState, type RunState } from "../../../src/core/state/state";
import { record } from "../../support/builders";
import { random } from "../../support/random";
import { randomStory } from "../../support/random-story";
import { unlessQuick } from "../../support/size";
import { wildStory } from "../../support/wild-story";

const ROUNDS = unlessQuick(100, 15);
const STEPS = 60;

/** Logs as they happen, and events of every kind in no order at all. */
function logOf(round: number): readonly RecordedEvent[] {
  const dice = random(round);
  return record(round % 2 === 0 ? randomStory(dice, STEPS) : wildStory(dice, STEPS));
}

/** Whatever changes it from now on throws. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  Object.values(value).forEach(frozen);
  return value;
}

describe("a log folded at once", () => {
  it("is the state its events give one by one, and no state anybody saw is changed by what follows", () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const log = frozen(logOf(round));
      const seen = log.reduce<RunState>((before, recorded) => frozen(evolve(before, recorded)), frozen(initialState()));
      deepEqual(foldAll(log), seen, `round ${round}`);
    }
  });

  it("goes on from any state, which stays as it was", () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const log = logOf(round);
      const cut = random(round)(log.length + 1);
      const half = frozen(foldAll(log.slice(0, cut)));
      deepEqual(foldAll(log.slice(cut), half), foldAll(log), `round ${round}, cut at ${cut}`);
    }
  });

  it("knows who works and what goes on as a search would find it", () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { working, underWay, subtasks, history } = foldAll(logOf(round));
      const running = valuesOf(subtasks)
        .filter(({ status }) => status === "running")
        .map(({ subtask }) => subtask.id);
      deepEqual(new Set(working), new Set(running), `round ${round}`);
      // Of each agent the last stretch, where that has no end.
      const last = new Map(valuesOf(history).map(({ by, subtask }, place) => [`${by} ${subtask}`, place]));
      const open = [...last.values()].filter((place) => valueAt(history, place)?.to === null);
      deepEqual(new Set(underWay), new Set(open), `round ${round}`);
    }
  });
});
