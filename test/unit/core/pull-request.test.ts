import { deepEqual, equal, match } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import { pullRequestText } from "../../../src/core/review/pull-request";
import { toRunView } from "../../../src/core/state/view";
import {
  accepted,
  accepting,
  begun,
  checked,
  created,
  finished,
  planOf,
  started,
  stateAfter,
} from "../../support/builders";

const done = (id: string, ...more: readonly RunEvent[]) => [
  started(id),
  ...more,
  finished(id, `${id}.ts`),
  accepting(id),
  accepted(id),
];
const textOf = (...events: readonly RunEvent[]) => pullRequestText(toRunView(stateAfter(...events)));

describe("the text of a pull request", () => {
  const plan = planOf("a", "b");

  it("says what was accepted, and nothing of the rest", () => {
    const { title, body } = textOf(
      ...begun(plan),
      ...done("a", checked("a", "npm test", true)),
      started("b"),
      finished("b", "b.ts"),
    );
    equal(title, "A goal");
    equal(body, "A goal\n\n## What changes\n\n- a is done (a: 1 file)\n\n## Checks\n\n- ` npm test ` passed\n");
  });

  it("names each decision and open point once, and a part that stayed out", () => {
    const report = {
      summary: "Did it",
      files: [],
      findings: [],
      decisions: ["No cache", "No cache"],
      open_points: ["Docs"],
    };
    const leftOut = [{ path: "x", number: 1, fingerprint: "f", excerpt: "", reason: "" }];
    const { body } = textOf(
      ...begun(plan),
      started("a"),
      { ...finished("a", "a.ts", "x"), report } as RunEvent,
      { ...accepting("a"), leftOut } as RunEvent,
      accepted("a"),
    );
    match(body, /- Did it \(a: 2 files, in part\)\n\n## Decisions\n\n- No cache\n\n## Open points\n\n- Docs\n$/u);
  });

  for (const [what, goal, expected] of [
    ["the first line", "Do this\nand that", "Do this"],
    ["cut to what a title holds", "x".repeat(100), `${"x".repeat(71)}…`],
    ["cut without half a character", `${"x".repeat(70)}😀😀`, `${"x".repeat(70)}\uFFFD…`],
    ["without what a terminal obeys", "Do \u001b[31mthis", undefined],
  ] as const)
    it(`has as its title the goal: ${what}`, () => {
      const { title } = textOf({ ...created(), goal } as RunEvent);
      if (expected === undefined) equal(title.includes("\u001b"), false);
      else equal(title, expected);
    });

  it("takes others' words as text", () => {
    const { body } = textOf({ ...created(), goal: "<b>[x](javascript:1)" } as RunEvent);
    deepEqual(body, "\\<b\\>\\[x\\](javascript:1)\n");
  });
});
