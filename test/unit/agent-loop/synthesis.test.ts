import { deepEqual, equal, match } from "node:assert/strict";
import { describeSynthesis, type Contribution } from "../../../src/agent/synthesis";

const REPORT = { summary: "Did it.", files: ["a.ts"], findings: [], decisions: ["REST"], open_points: ["names"] };
const one: Contribution = {
  id: "a",
  objective: "Do it.",
  status: "review",
  report: REPORT,
  reason: null,
  openFindings: [],
  notes: [],
};
const told = (subtasks: readonly Contribution[], conflict: string | null = null, looked = false) =>
  describeSynthesis({ goal: "Ship it", constraints: ["no GraphQL"], subtasks, conflict, looked });

describe("what a synthesizer is told", () => {
  it("is the goal and what came of each subtask", () => {
    const finding = { file: "b.ts", line: 2, severity: "warning" as const, message: "odd" };
    const text = told([
      { ...one, report: { ...REPORT, findings: [finding] }, openFindings: [finding], notes: ["design"] },
      { ...one, id: "b", status: "failed", report: null, reason: "`npm test` failed." },
    ]);
    deepEqual(
      text.split("\n\n").filter((_, i) => i !== 1),
      [
        "Goal: Ship it",
        "The current directory holds all results, merged.",
        "Decisions to follow:\n- no GraphQL",
        "Subtask a [review]: Do it.\nReport: Did it.\nFiles:\n- a.ts\nDecisions:\n- REST\nOpen points:\n- names\nFindings:\n- b.ts:2 warning: odd\nOpen findings of its review:\n- b.ts:2 warning: odd\nNotes (read_note):\n- design",
        "Subtask b [failed]: Do it.\nIt ended with: `npm test` failed.\nThere is no report.",
      ],
    );
  });
  it("asks for the findings that stand where everybody only looked, and for contradictions where not", () => {
    match(told([one], null, true), /in findings those of theirs that stand, each once, worst first/u);
    match(told([one]), /in findings where results contradict each other/u);
  });
  it("has more of each, the fewer there are", () => {
    const long = { ...one, report: { ...REPORT, summary: "x".repeat(10_000) } };
    equal(told([long, long]).split("(Cut.)").length - 1, 0);
  });
  it("names what does not merge", () =>
    match(told([one], "The results of a and b conflict in x."), /state before the run, as .*conflict in x\./u));
  it("is cut subtask by subtask, and past the limit left out", () => {
    const long = { ...one, report: { ...REPORT, summary: "x".repeat(10_000) } };
    const text = told(Array.from({ length: 60 }, () => long));
    equal(text.split("(Cut.)").length - 1, 49);
    match(text, /\(11 more subtasks left out\.\)$/u);
  });
});
