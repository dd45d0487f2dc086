import { deepEqual, equal, ok } from "node:assert/strict";
import type { PlanEdit } from "../../../src/core/plan/plan-edit";
import { editPlanText } from "../../../src/core/plan/plan-edit-text";
import { readPlanFile } from "../../../src/core/plan/plan-file";
import { COMMENTED } from "../../fixtures/commented-plan";
import { unlessQuick } from "../../support/size";

type Edit = readonly [what: string, text: string, edit: PlanEdit, after: string];

/** What the text is after an edit, given as what of it is replaced. */
const changed = (text: string, ...replacements: readonly (readonly [string, string])[]): string =>
  replacements.reduce((result, [from, to]) => {
    equal(result.split(from).length, 2, `${JSON.stringify(from)} stands there once`);
    return result.replace(from, () => to);
  }, text);

const set = (subtask: string, field: "agent" | "model" | "description", value: string | undefined): PlanEdit => ({
  kind: "set",
  subtask,
  field,
  value,
});

function check(list: readonly Edit[]): void {
  for (const [what, text, edit, after] of list)
    it(what, () => {
      const written = editPlanText(text, [edit]);
      equal(written.text, after);
      deepEqual(readPlanFile(written.text).plan, written.plan);
    });
}

describe("a plan edited in its text keeps everything else", () => {
  check([
    ["a role", COMMENTED, set("b", "agent", "tester"), changed(COMMENTED, ["  implementer #", "  tester #"])],
    [
      "a model that was not there",
      COMMENTED,
      set("a", "model", "opus"),
      changed(COMMENTED, ["    agent: researcher\n", "    agent: researcher\n    model: opus\n"]),
    ],
    [
      "a model, and no role to write it behind",
      COMMENTED,
      set("c", "model", "opus"),
      changed(COMMENTED, ["- id: c\n", "- id: c\n    model: opus\n"]),
    ],
    [
      "a description, in words that need quotes",
      COMMENTED,
      set("a", "description", "Do: this # and that\nand more"),
      changed(COMMENTED, ["'Look around'", '"Do: this # and that\\nand more"']),
    ],
    [
      "a description behind the comment of the id",
      COMMENTED,
      set("b", "description", "Wörter 語"),
      changed(COMMENTED, ["- id: b\n", "- id: b\n    description: Wörter 語\n"]),
    ],
    [
      "no description any more",
      COMMENTED,
      set("a", "description", undefined),
      changed(COMMENTED, ["    description: 'Look around'   # single quotes\n", ""]),
    ],
    [
      "one dependency more in a flow",
      changed(COMMENTED, ['      - "b" # also\n', ""]),
      { kind: "depend", subtask: "b", on: ["a", "c"] },
      changed(COMMENTED, ['      - "b" # also\n', ""], ["[ a ]", "[ a, c ]"]),
    ],
    [
      "one dependency less in a block",
      COMMENTED,
      { kind: "depend", subtask: "c", on: ["b"] },
      changed(COMMENTED, ["      - a   # because\n", ""]),
    ],
    [
      "no dependency",
      COMMENTED,
      { kind: "depend", subtask: "b", on: [] },
      changed(COMMENTED, ["    dependencies: [ a ]   # rests on a\n", ""]),
    ],
    [
      "a dependency where there was none",
      COMMENTED.replace("dependencies: [ a ]   # rests on a", "verify: [npm test]"),
      { kind: "depend", subtask: "b", on: ["a"] },
      COMMENTED.replace("dependencies: [ a ]   # rests on a", "verify: [npm test]").replace(
        "implementer # spaced out",
        "implementer # spaced out\n    dependencies: [a]",
      ),
    ],
    [
      "a name, and who waits for it",
      COMMENTED,
      { kind: "rename", subtask: "b", to: "build" },
      changed(COMMENTED, ["- id: b\n", "- id: build\n"], ['"b" # also', "build # also"]),
    ],
    [
      "one removed with the comment above it; who waited for it waits for what it waited for",
      COMMENTED,
      { kind: "remove", subtask: "b" },
      changed(
        COMMENTED,
        [COMMENTED.slice(COMMENTED.indexOf("  # does it"), COMMENTED.indexOf("  # looks at it")), ""],
        ['      - "b" # also\n', ""],
      ),
    ],
    [
      "the last one removed",
      COMMENTED,
      { kind: "remove", subtask: "c" },
      changed(COMMENTED, [
        COMMENTED.slice(COMMENTED.indexOf("\n  # looks at it"), COMMENTED.indexOf("\n# the end")),
        "",
      ]),
    ],
    [
      "one moved up with its comments",
      COMMENTED,
      { kind: "move", subtask: "c", before: "b" },
      (() => {
        const b = COMMENTED.slice(COMMENTED.indexOf("  # does it"), COMMENTED.indexOf("\n\n  # looks at it"));
        const c = COMMENTED.slice(COMMENTED.indexOf("  # looks at it"), COMMENTED.indexOf("\n\n# the end"));
        return changed(COMMENTED, [`${b}\n\n${c}`, `${c}\n\n${b}`]);
      })(),
    ],
    [
      "one added behind the last, a blank line between as between the others",
      COMMENTED,
      { kind: "add", subtask: { id: "d", description: "More", dependencies: ["c"] } },
      changed(COMMENTED, [
        "    # nothing after this\n",
        "    # nothing after this\n\n  - id: d\n    description: More\n    dependencies: [c]\n",
      ]),
    ],
  ]);
});

describe("a plan edited in its text, however it is written", () => {
  const flow = "task: t\nsubtasks: [{id: a}, { id: b, agent: tester, dependencies: [a] }] # all\n";
  const json = JSON.stringify({ task: "t", subtasks: [{ id: "a" }, { id: "b", dependencies: ["a"] }] }, null, 2);
  const anchors = `task: t
subtasks:
  - &first
    id: a
    agent: &who tester
    files: &them [x.ts] # mine
  - id: b
    agent: *who
    files: *them
  - id: c
    agent: *who
`;
  const unindented = "task: t\nsubtasks:\n- id: a\n  dependencies:\n  - b\n  model: opus\n- id: b";
  const literal =
    "task: t\nsubtasks:\n  - id: a\n    description: |\n      # no comment\n\n      two\n    agent: tester\n  - id: b\n";
  check([
    ["flow: a role", flow, set("b", "agent", "reviewer"), changed(flow, ["tester", "reviewer"])],
    ["flow: a new role", flow, set("a", "agent", "tester"), changed(flow, ["{id: a}", "{id: a, agent: tester}"])],
    [
      "flow: words with commas and brackets",
      flow,
      set("a", "description", "a, [b] {c}"),
      changed(flow, ["{id: a}", '{id: a, description: "a, [b] {c}"}']),
    ],
    ["flow: no role", flow, { kind: "depend", subtask: "b", on: [] }, changed(flow, [", dependencies: [a]", ""])],
    [
      "flow: removed",
      flow,
      { kind: "remove", subtask: "a" },
      changed(flow, ["{id: a}, ", ""], [", dependencies: [a]", ""]),
    ],
    [
      "flow: moved",
      flow,
      { kind: "move", subtask: "b", before: "a" },
      "task: t\nsubtasks: [{ id: b, agent: tester, dependencies: [a] }, {id: a}] # all\n",
    ],
    ["flow: added", flow, { kind: "add", subtask: { id: "c" } }, changed(flow, [" }] # all", " }, { id: c }] # all"])],
    [
      "JSON stays JSON",
      json,
      set("a", "agent", "tester"),
      changed(json, ['"id": "a"', '"id": "a",\n      "agent": "tester"']),
    ],
    [
      "a list under the key's own indentation, and no line break at the end",
      unindented,
      { kind: "depend", subtask: "a", on: [] },
      changed(unindented, ["  dependencies:\n  - b\n", ""]),
    ],
    [
      "added behind a line that does not end",
      unindented,
      { kind: "add", subtask: { id: "c" } },
      `${unindented}\n- id: c`,
    ],
    [
      "removed before the end",
      unindented,
      { kind: "remove", subtask: "b" },
      "task: t\nsubtasks:\n- id: a\n  model: opus",
    ],
    [
      "a block of lines replaced",
      literal,
      set("a", "description", "one"),
      changed(literal, ["|\n      # no comment\n\n      two\n", "one\n"]),
    ],
    [
      "a block of lines moved",
      literal,
      { kind: "move", subtask: "b", before: "a" },
      "task: t\nsubtasks:\n  - id: b\n  - id: a\n    description: |\n      # no comment\n\n      two\n    agent: tester\n",
    ],
    [
      "an alias replaced",
      anchors,
      set("b", "agent", "reviewer"),
      changed(anchors, ["id: b\n    agent: *who", "id: b\n    agent: reviewer"]),
    ],
    [
      "what is used elsewhere is handed on",
      anchors,
      set("a", "agent", "reviewer"),
      changed(anchors, ["&who tester", "reviewer"], ["id: b\n    agent: *who", "id: b\n    agent: &who tester"]),
    ],
    [
      "removed with what is used elsewhere",
      anchors,
      { kind: "remove", subtask: "a" },
      "task: t\nsubtasks:\n  - id: b\n    agent: &who tester\n    files: &them [x.ts]\n  - id: c\n    agent: *who\n",
    ],
  ]);

  it("as Windows ends its lines and with a byte order mark, byte for byte", () => {
    const windows = (text: string) => `\uFEFF${text.replaceAll("\n", "\r\n")}`;
    const edits: readonly PlanEdit[] = [
      set("a", "model", "opus"),
      set("a", "description", undefined),
      { kind: "depend", subtask: "c", on: ["b"] },
      { kind: "rename", subtask: "b", to: "build" },
      { kind: "move", subtask: "c", before: "build" },
      { kind: "add", subtask: { id: "d", dependencies: ["a"] } },
      { kind: "remove", subtask: "a" },
    ];
    equal(editPlanText(windows(COMMENTED), edits).text, windows(editPlanText(COMMENTED, edits).text));
  });

  it("with a thousand subtasks that all wait for the one that goes", () => {
    const length = unlessQuick(999, 199);
    const many = Array.from({ length }, (_, i) => `  - id: s${i}\n    dependencies: [first] # s${i}\n`).join("");
    const text = `task: t\nsubtasks:\n  - id: first\n${many}`;
    const { plan, text: after } = editPlanText(text, [{ kind: "remove", subtask: "first" }]);
    equal(plan.subtasks.length, length);
    ok(!after.includes("dependencies"));
  });
});
