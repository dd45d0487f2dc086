import { deepEqual, equal, match } from "node:assert/strict";
import {
  outcomesOf,
  rateText,
  ratesLines,
  resultsText,
  successRates,
  toPastRun,
  totalOf,
} from "../../../src/core/history/past-run";
import { transcriptMarkdown } from "../../../src/core/history/transcript-text";
import { asReadOnly } from "../../../src/core/state/read-only-view";
import { costText, NO_USAGE, totalTokens } from "../../../src/core/usage";
import { toRunView } from "../../../src/core/state/view";
import {
  accepted,
  asked,
  begun,
  failedWith,
  finished,
  planOf,
  rejected,
  retried,
  started,
  stateAfter,
} from "../../support/builders";

const PLAN = planOf("a", "b", "c", { id: "d", agent: "tester" });
const STORY = stateAfter(
  ...begun(PLAN),
  started("a"),
  finished("a", "x"),
  accepted("a"),
  started("b"),
  failedWith("b", "checks.failed"),
  retried("b"),
  started("b", 2),
  { ...finished("b", "y"), attempt: 2 } as ReturnType<typeof finished>,
  rejected("b"),
  started("c"),
  failedWith("c", "limit.turns", "z"),
  started("d"),
);

describe("the history", () => {
  it("tells what came of a run", () => {
    const past = toPastRun(STORY, 20_000);
    deepEqual(
      { id: past.id, subtasks: past.subtasks, phase: past.phase, results: resultsText(past) },
      { id: "r0000001", subtasks: 4, phase: "running", results: "1 accepted, 1 rejected, 1 to review, 1 failed" },
    );
  });

  it("sums up what runs spent, and never has what nobody knows the price of for free", () => {
    const past = toPastRun(STORY, 20_000);
    const spent = (usd: number, unpricedTokens = 0) => ({
      ...past,
      usage: { ...NO_USAGE, outputTokens: 10, usd, ...(unpricedTokens === 0 ? {} : { unpricedTokens }) },
    });
    const dollars = (usd: number) => `$${usd}`;
    equal(costText(totalOf([spent(1), spent(2)]), dollars), "$3");
    equal(costText(totalOf([spent(1), spent(0, 1_000)]), dollars), "$1 and 1,000 tokens of unknown price");
    equal(totalTokens(totalOf([spent(1), spent(2)])), 20);
  });

  it("counts success from the logs; what is under way is not counted", () => {
    deepEqual(successRates(outcomesOf(STORY)), {
      finished: { good: 2, of: 3 },
      firstTry: { good: 1, of: 2 },
      accepted: { good: 1, of: 2 },
      byRole: [{ role: "implementer", good: 2, of: 3 }],
    });
    deepEqual(successRates([STORY, STORY].flatMap(outcomesOf)).finished, { good: 4, of: 6 });
    deepEqual(ratesLines(successRates([])), []);
    deepEqual(ratesLines(successRates(outcomesOf(STORY))), [
      "Subtasks that ended well: 2 of 3 (66 %)",
      "of these at the first attempt: 1 of 2 (50 %)",
      "Results accepted, of those decided: 1 of 2 (50 %)",
      "  implementer: 2 of 3 (66 %)",
    ]);
    equal(rateText({ good: 0, of: 0 }), "");
  });

  it("shows a run read-only with nothing that waits", () => {
    const view = asReadOnly(toRunView(stateAfter(...begun(PLAN), started("d"), asked(1, "d"), finished("a", "x"))));
    deepEqual(
      [view.waiting, view.results, view.questions, view.waves.flatMap((w) => w.subtasks).some((s) => s.reviewable)],
      [0, 0, [], false],
    );
  });
});

describe("a transcript", () => {
  const line = (role: string, ...content: readonly object[]) => JSON.stringify({ at: 3_661_000, role, content });

  it("reads as Markdown, in which nobody's words are markup", () => {
    const lines = [
      line("user", { type: "text", text: "# not a heading [x](command:y)" }),
      line("assistant", { type: "text", text: "Look." }, { type: "tool_use", name: "bash", input: { command: "ls" } }),
      line("user", { type: "tool_result", content: "```\nend\n````\n\u001b[31m", is_error: true }),
      line("assistant", { type: "opaque", raw: {} }),
    ];
    const text = transcriptMarkdown("a, attempt 1", lines, "UTC");
    match(transcriptMarkdown("a, attempt 1", lines, "Asia/Kolkata"), /^# a, attempt 1\n\n## Braid 06:31:01\n/u);
    match(text, /^# a, attempt 1\n\n## Braid 01:01:01\n\n\\# not a heading \\\[x\\\]/u);
    match(text, /## Model 01:01:01\n\nLook\.\n\n\*\*` bash `\*\*\n\n```text\n\{\n {2}"command": "ls"\n\}\n```/u);
    match(text, /\*\*failed\*\*\n\n`````text\n```\nend\n````\n⟨U\+001B⟩\[31m\n`````/u);
  });

  it("may be anything", () => {
    const text = transcriptMarkdown("x", ["{", "null", "7", line("user"), '{"role":1,"content":[null,{"type":5}]}']);
    match(text, /3 lines of it cannot be read\.\n$/u);
    match(transcriptMarkdown("x", []), /Nothing was said/u);
    for (const at of ["1e300", "1e999", "-1e300", '"now"', "null"])
      match(transcriptMarkdown("x", [`{"at":${at},"role":"user","content":[]}`]), /^# x\n\n## Braid\n$/u);
    match(
      transcriptMarkdown("x", [line("user", { type: "text", text: "y".repeat(30_000) })]),
      /10000 more characters/u,
    );
  });
});
