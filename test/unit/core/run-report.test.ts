import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import { markdownCode, markdownLine, markdownText } from "../../../src/core/markdown-text";
import { writeRunReport } from "../../../src/core/run-report";
import { toRunView } from "../../../src/core/state/view";
import {
  accepting,
  accepted,
  begun,
  checked,
  failedWith,
  planOf,
  started,
  stateAfter,
  turned,
} from "../../support/builders";
import { unlessQuick } from "../../support/size";

describe("text of others in Markdown", () => {
  const table: readonly (readonly [string, string])[] = [
    ["plain words, with (brackets) and 1.5", "plain words, with (brackets) and 1.5"],
    ["# no heading", "\\# no heading"],
    ["a\n===", "a\n\\=\\=\\="],
    ["- no list\n+ nor this\n* nor this", "\\- no list\n\\+ nor this\n\\* nor this"],
    ["1. one\n2) two", "1\\. one\n2\\) two"],
    ["---", "\\---"],
    ["    indented", "indented"],
    ["> quote", "\\> quote"],
    ["**b** _i_ `c` ~~s~~", "\\*\\*b\\*\\* \\_i\\_ \\`c\\` \\~\\~s\\~\\~"],
    ["![x](http://evil/p.png)", "\\!\\[x\\](http\\://evil/p.png)"],
    ["[x](command:evil)", "\\[x\\](command:evil)"],
    ["<img src=x onerror=alert(1)>", "\\<img src\\=x onerror\\=alert(1)\\>"],
    ["&lt; and $x$", "\\&lt; and \\$x\\$"],
    ["https://evil www.evil.com a@evil.com", "https\\://evil www\\.evil.com a\\@evil.com"],
    ["a | b", "a \\| b"],
    ["\\[", "\\\\\\["],
    ["red\u001b[31m \u202eturned", "red⟨U+001B⟩\\[31m ⟨U+202E⟩turned"],
  ];
  for (const [text, expected] of table)
    it(`${JSON.stringify(text)} is shown and not obeyed`, () => equal(markdownText(text), expected));

  it("is one line where a table wants one", () => {
    equal(markdownLine(" a\n\n b\r\nc "), "a b c");
    equal(markdownLine("x\n| y |"), "x \\| y \\|");
  });
  it("is read once, however long a run of anything in it is", () => {
    for (const unit of [" ", "\n", "`", "\\", "*", "[", "/", "a/", "`a", " \n", ":", "@", "-"]) {
      const long = unit.repeat(unlessQuick(200_000, 10_000));
      for (const text of [long, `x${long}x`]) {
        equal(typeof markdownText(text), "string");
        ok(!/[\r\n]/u.test(markdownLine(text)));
        ok(!/[\r\n]/u.test(markdownCode(text)));
      }
    }
  });
  it("as code cannot end its span, nor the cell it stands in", () => {
    equal(markdownCode("a`b"), "`` a`b ``");
    equal(markdownCode("```"), "```` ``` ````");
    equal(markdownCode("a|b\nc"), "` a\\|b c `");
  });
});

describe("the report of a run", () => {
  const report = {
    summary: "Found # it\nand more",
    files: [],
    findings: [
      { file: "b.ts", severity: "info" as const, message: "small" },
      { file: "a|b.ts", line: 3, severity: "error" as const, message: "breaks\n| the table |", fix: "do <b>this</b>" },
    ],
    decisions: ["- one"],
    open_points: ["two"],
  };
  const view = (...events: readonly RunEvent[]) =>
    toRunView(
      stateAfter(...begun(planOf({ id: "a", agent: "reviewer", description: "Look [here](x)" }, "b")), ...events),
    );
  const text = writeRunReport(
    view(
      started("a"),
      turned("a"),
      checked("a", "npm `test`", false),
      { type: "subtask.finished", subtask: "a", attempt: 1, report, result: null },
      started("b"),
      failedWith("b", "checks.failed", "x.ts"),
      { type: "synthesis.started" },
      { type: "synthesis.completed", report: { ...report, summary: "All of it", findings: [] } },
    ),
  );

  it("has synthesis, findings worst first, and every subtask with checks, files and cost", () => {
    deepEqual(text.match(/^#{1,3} .*$/gmu), [
      "# A goal",
      "## Numbers",
      "## Synthesis",
      "## Findings",
      "## Quality",
      "## Subtasks",
      "### a (reviewer): done",
      "### b (implementer): failed",
    ]);
    match(text, /^All of it$/mu);
    match(text, /^- `` npm `test` `` failed \(2s\)$/mu);
    match(text, /^- ` x\.ts ` modified, \+2 −1$/mu);
    match(text, /15 tokens · \\\$0\.25|20 tokens · \\\$0\.25/u);
    match(text, /^\*\*b failed: checks\.failed\*\*$/mu);
  });
  it("keeps each finding on one row of five cells", () => {
    const rows = text.split("\n").filter((line) => /^\| (error|info) /u.test(line));
    deepEqual(rows, [
      "| error | ` a\\|b.ts:3 ` | breaks \\| the table \\| | do \\<b\\>this\\</b\\> | reviewer (a) |",
      "| info | ` b.ts ` | small |  | reviewer (a) |",
    ]);
  });
  it("lets no word of a model be markup", () => {
    match(text, /^Found \\# it$/mu);
    match(text, /^Look \\\[here\\\]\(x\)$/mu);
    match(text, /^- \\- one$/mu);
  });
  it("of a run without a plan, or with one that is not approved, is there too", () => {
    const { waves: _waves, ...rest } = view();
    ok(writeRunReport({ ...rest, waves: [] }).startsWith("# A goal\n\n| Run |"));
    match(
      writeRunReport(
        toRunView(
          stateAfter(begun(planOf("a"))[0] as RunEvent, {
            type: "plan.failed",
            failure: { code: "plan.invalid", message: "No *plan*" },
          }),
        ),
      ),
      /\*\*No plan:\*\* No \\\*plan\\\*/u,
    );
  });
  it("says which results went into the branch", () =>
    match(writeRunReport(view(started("a"), accepting("a"), accepted("a"))), /### a \(reviewer\): accepted/u));
});
