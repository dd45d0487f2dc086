import { deepEqual } from "node:assert/strict";
import type { z } from "zod";
import { plannedOverlaps } from "../../../src/core/gate/planned-overlap";
import { Plan } from "../../../src/core/plan/plan";

const WIDE = { id: "a", files: ["src/**"] };

describe("what a plan lets overlap", () => {
  const rows: readonly (readonly [string, z.input<typeof Plan>["subtasks"], readonly string[]])[] = [
    ["nothing without files", [{ id: "a" }, { id: "b" }], []],
    [
      "a pattern and a file under it",
      [WIDE, { id: "b", files: ["src/x.ts"] }],
      ["a-b src/**,src/x.ts", "b-a src/**,src/x.ts"],
    ],
    [
      "not what depends on it, near or far",
      [WIDE, { id: "b", dependencies: ["a"] }, { id: "c", files: ["src/x.ts"], dependencies: ["b"] }],
      [],
    ],
    ["not who only reads", [WIDE, { id: "b", agent: "researcher", files: ["src/**"] }], []],
    [
      "not the same file by name: they go one after the other",
      [
        { id: "a", files: ["src/x.ts"] },
        { id: "b", files: ["src/x.ts", "src/**"] },
      ],
      [],
    ],
  ];
  for (const [what, subtasks, expected] of rows)
    it(what, () =>
      deepEqual(
        [...plannedOverlaps(Plan.parse({ task: "t", subtasks }))].flatMap(([id, list]) =>
          list.map((each) => `${id}-${each.with} ${each.files.join()}`),
        ),
        expected,
      ),
    );
});
