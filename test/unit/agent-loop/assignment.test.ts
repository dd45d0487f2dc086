import { deepEqual, equal } from "node:assert/strict";
import { type Assignment, describeAssignment } from "../../../src/agent/assignment";
import { failure } from "../../../src/core/failure";
import { planOf, type Sketch } from "../../support/builders";

function assignment(subtask: Sketch, more: Partial<Assignment> = {}): Assignment {
  const [checked] = planOf(subtask).subtasks;
  if (checked === undefined) throw new Error("no subtask");
  return {
    subtask: checked,
    attempt: 1,
    constraints: [],
    dependencies: [],
    notes: [],
    instructions: [],
    scope: null,
    lastFailure: null,
    note: null,
    ...more,
  };
}

const told = (subtask: Sketch, more: Partial<Assignment> = {}) => describeAssignment(assignment(subtask, more));

describe("an assignment", () => {
  it("begins with the line the demo model reads", () => {
    equal(told({ id: "fix-login" }), "Subtask: fix-login (attempt 1)\n\nfix-login");
    equal(told({ id: "a" }, { attempt: 3 }).split("\n")[0], "Subtask: a (attempt 3)");
  });

  for (const description of [
    "Add it.",
    'With "quotes", \\backslashes\\ and `ticks`',
    "Several\n\n- lines\n\twith tabs  \n",
    "日本語 😀 é",
    "Subtask: other (attempt 9)",
    "${process.env.KEY} $(rm -rf .) {{x}}",
  ])
    it(`holds ${JSON.stringify(description)} verbatim and once`, () => {
      const text = told({ id: "a", description, acceptance: ["holds"] });
      equal(text.split(description).length, 2);
      equal(text, `Subtask: a (attempt 1)\n\n${description}\n\nDone when:\n- holds`);
    });

  it("says everything there is to say, in its order", () => {
    const report = {
      summary: "Found it.",
      files: ["not told"],
      findings: [
        { file: "a.ts", line: 7, severity: "error" as const, message: "wrong" },
        { file: "b.ts", severity: "info" as const, message: "odd" },
      ],
      decisions: ["REST only"],
      open_points: ["names"],
    };
    const text = told(
      {
        id: "a",
        description: "Do it.",
        files: ["src/**"],
        focus: ["speed"],
        acceptance: ["fast"],
        verify: ["npm test"],
        output: { required: ["file", "issue", "cwe"], max_items: 10 },
      },
      {
        constraints: ["no GraphQL"],
        dependencies: [{ id: "research", report, notes: ["facts", "the API"] }],
        notes: ["so far"],
        instructions: [{ path: "src/AGENTS.md", text: "Use tabs." }],
        lastFailure: failure("checks.failed", "`npm test` failed.", { detail: "1 != 2" }),
        note: "smaller steps",
        attempt: 2,
      },
    );
    deepEqual(text.split("\n\n"), [
      "Subtask: a (attempt 2)",
      "Do it.",
      "Files you may change:\n- src/**",
      "Focus on:\n- speed",
      "Done when:\n- fast",
      "Checks that will be run:\n- npm test",
      "Decisions to follow:\n- no GraphQL",
      "Each finding has: file, message (issue), cwe. At most 10 findings.",
      "Instructions of this repository (src/AGENTS.md):\nUse tabs.",
      "Report of research, which yours rests on: Found it.\nDecisions:\n- REST only\nOpen points:\n- names\nFindings:\n- a.ts:7 error: wrong\n- b.ts info: odd\nNotes of it (read_note):\n- facts\n- the API",
      "Notes you wrote in an attempt before (read_note):\n- so far",
      "The attempt before this one failed: `npm test` failed.\n1 != 2",
      "Note from the user: smaller steps",
    ]);
  });

  it("says nothing about what there is none of", () => {
    const empty = { summary: "s", files: [], findings: [], decisions: [], open_points: [] };
    equal(
      told(
        { id: "a", output: { required: [] } },
        { dependencies: [{ id: "b", report: empty, notes: [] }], lastFailure: failure("cancelled", "Cancelled.") },
      ),
      "Subtask: a (attempt 1)\n\na\n\nReport of b, which yours rests on: s\n\nThe attempt before this one failed: Cancelled.",
    );
  });
});
