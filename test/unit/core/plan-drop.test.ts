import { deepEqual, throws } from "node:assert/strict";
import { dependenciesAfterDrop, type DropTarget } from "../../../src/core/plan/plan-drop";
import { planOf } from "../../support/builders";

const PLAN = planOf("a", "b", "c: a", "d: c b", "e: d");
const wave = (number: number): DropTarget => ({ kind: "wave", wave: number });
const on = (id: string): DropTarget => ({ kind: "subtask", id });

describe("a subtask dropped", () => {
  const table: readonly (readonly [what: string, id: string, onto: DropTarget, then: readonly string[]])[] = [
    ["on another waits for it too", "c", on("b"), ["a", "b"]],
    ["on one it waits for changes nothing", "c", on("a"), ["a"]],
    ["on itself changes nothing", "c", on("c"), ["a"]],
    ["on its own wave changes nothing", "d", wave(3), ["c", "b"]],
    ["on the first wave waits for nothing", "d", wave(1), []],
    ["on an earlier wave keeps what is earlier still", "d", wave(2), ["b"]],
    ["on a later wave waits for all of the one before", "b", wave(3), ["c"]],
    ["on a wave all but its own dependents", "a", wave(2), ["b"]],
  ];
  for (const [what, id, onto, then] of table)
    it(what, () => deepEqual([...dependenciesAfterDrop(PLAN, id, onto)], then));

  it("on a wave behind those that wait for it is refused", () =>
    throws(() => dependenciesAfterDrop(PLAN, "a", wave(3)), /cannot be in wave 3: all of wave 2 waits for it/u));
});
