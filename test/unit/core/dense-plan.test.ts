import { deepEqual, equal } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import { passingSubtasks } from "../../../src/core/review/passing";
import { restsOnRejected } from "../../../src/core/review/rests-on-rejected";
import { hindrancesOf, readySubtasks } from "../../../src/core/plan/schedule";
import { toRunView } from "../../../src/core/state/view";
import { begun, finished, planOf, rejected, started, stateAfter } from "../../support/builders";
import { unlessQuick } from "../../support/size";

const WIDTH = unlessQuick(100, 40);
const LAYERS = 10;
const rowOf = (layer: number): readonly string[] =>
  layer < 0 ? [] : Array.from({ length: WIDTH }, (_, i) => `s${layer * WIDTH + i}`);

/** Ten layers of a hundred, each subtask on all of the layer before; all layers but the last are done. */
const PLAN = planOf(
  ...Array.from({ length: LAYERS }, (_, layer) =>
    rowOf(layer).map((id) => ({ id, dependencies: [...rowOf(layer - 1)] })),
  ).flat(),
);
const DONE: readonly RunEvent[] = Array.from({ length: LAYERS - 1 }, (_, layer) =>
  rowOf(layer).flatMap((id) => [{ ...started(id), restsOn: rowOf(layer - 1) } as RunEvent, finished(id, `${id}.ts`)]),
).flat();

// Whoever walks all that is beneath each dependency of each subtask looks at 800 million edges, after every event.
describe(`a plan of ${WIDTH * LAYERS} subtasks, each on ${WIDTH} others`, function () {
  this.timeout(10_000);
  const state = stateAfter(...begun(PLAN), ...DONE);
  const without = stateAfter(...begun(PLAN), ...DONE, rejected("s3"));

  it("is scheduled by its edges", () => {
    deepEqual(
      readySubtasks(state).map((s) => s.subtask.id),
      rowOf(LAYERS - 1),
    );
    const blocked = hindrancesOf(without);
    equal(blocked.size, WIDTH);
    deepEqual(blocked.get(`s${WIDTH * (LAYERS - 1)}`), { kind: "blocked", by: "s3" });
  });

  it("is shown by its edges", () => {
    equal(toRunView(state).results, WIDTH * (LAYERS - 1));
    equal(toRunView(without).counts.blocked, WIDTH);
    deepEqual(restsOnRejected(without, `s${WIDTH * (LAYERS - 2)}`), ["s3"]);
    deepEqual(restsOnRejected(without, "s4"), []);
  });

  it("is accepted by its edges", () => {
    equal(passingSubtasks(state, new Map()).accept.length, WIDTH * (LAYERS - 1));
    deepEqual(passingSubtasks(without, new Map()).left, []);
  });
});
