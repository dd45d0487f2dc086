import { deepEqual, equal, match } from "node:assert/strict";
import { type Evidence, reportConclusion, type Reviewed } from "../../../src/agent/report";
import type { CheckResult } from "../../../src/core/state/events";
import { failure } from "../../../src/core/failure";
import { call, callTools, type Line, say } from "../../support/scripted-model";
import { play } from "./agent";

const REPORT = { summary: "Did it.", files: ["a.ts"], findings: [], decisions: ["REST"], open_points: [] };
const report = (id: string, input: unknown = REPORT): Line => callTools(call(id, "report", input));
const check = (command: string, passed: boolean): CheckResult => ({
  command,
  passed,
  exitCode: passed ? 0 : 1,
  durationMs: 1,
  output: passed ? "fine" : "AssertionError: 1 != 2",
});

/** A worker whose worktree and checks are, at each look, the next of these; the last stays. */
function worker(
  looks: readonly { readonly changed?: boolean; readonly checks?: readonly CheckResult[] }[],
  mustChange = true,
): Evidence & { readonly looked: () => number } {
  let looked = 0;
  const now = () => looks[Math.min(looked, looks.length) - 1] ?? {};
  return {
    mustChange,
    async changed() {
      looked += 1;
      return now().changed ?? true;
    },
    async check() {
      if (!mustChange) looked += 1;
      return now().checks ?? [];
    },
    looked: () => looked,
  };
}

const work = (evidence: Evidence, ...script: readonly Line[]) =>
  play(script, { conclusion: reportConclusion(evidence) });

describe("a report", () => {
  it("with a change and green checks is the end", async () => {
    const { outcome } = await work(worker([{ checks: [check("npm test", true)] }]), report("1"));
    deepEqual(outcome, { kind: "done", value: REPORT });
  });

  it("over red checks goes back twice with their output, then the attempt fails with it", async () => {
    const red = { checks: [check("lint", true), check("npm test", false), check("npm run e2e", false)] };
    const { outcome, model } = await work(worker([red]), report("1"), report("2"), report("3"));
    equal(model.requests.length, 3);
    for (const request of model.requests.slice(1))
      match(
        JSON.stringify(request.messages.at(-1)),
        /Not done yet: `npm test`, `npm run e2e` failed\..*\$ npm test.*AssertionError.*is_error/u,
      );
    equal(outcome.kind, "failed");
    if (outcome.kind !== "failed") return;
    equal(outcome.failure.code, "checks.failed");
    equal(outcome.failure.message, "`npm test`, `npm run e2e` failed.");
    equal(outcome.failure.detail, "$ npm test\nAssertionError: 1 != 2\n\n$ npm run e2e\nAssertionError: 1 != 2");
  });

  it("over checks that turn green in time is the end", async () => {
    const evidence = worker([
      { checks: [check("t", false)] },
      { checks: [check("t", false)] },
      { checks: [check("t", true)] },
    ]);
    equal((await work(evidence, report("1"), report("2"), report("3"))).outcome.kind, "done");
  });

  it("without a change goes back twice, then fails; no check runs for it", async () => {
    const evidence = worker([{ changed: false, checks: [check("t", false)] }]);
    const { outcome, model } = await work(evidence, report("1"), report("2"), report("3"));
    match(JSON.stringify(model.requests[1]?.messages.at(-1)), /No file was changed/u);
    equal(outcome.kind === "failed" && outcome.failure.code, "result.empty");
  });

  it("of a role that only reads needs no change", async () => {
    equal((await work(worker([{ changed: false }], false), report("1"))).outcome.kind, "done");
  });

  it("that is none goes back without a look at the worktree", async () => {
    const evidence = worker([{}]);
    const { outcome, model } = await work(evidence, report("1", { files: [] }), report("2"));
    match(JSON.stringify(model.requests[1]?.messages.at(-1)), /Invalid report\..*- summary: /u);
    deepEqual([outcome.kind, evidence.looked()], ["done", 1]);
  });

  it("shows the end of a long output", async () => {
    const long = { ...check("t", false), output: `${"x".repeat(10_000)}THE END` };
    const { outcome } = await work(worker([{ checks: [long] }]), report("1"), report("2"), report("3"));
    const detail = (outcome.kind === "failed" && outcome.failure.detail) || "";
    equal(detail.length, "$ t\n".length + 4000);
    match(detail, /xTHE END$/u);
  });
});

describe("a report and the output that was asked for", () => {
  const output = { required: ["file", "line", "issue", "severity", "fix"], max_items: 2 };
  const whole = { file: "a.ts", line: 1, severity: "error", message: "wrong", fix: "mend" };
  const asked = (evidence: Evidence, ...script: readonly Line[]) => work({ ...evidence, output }, ...script);
  const found = (...findings: readonly object[]) => ({ ...REPORT, findings });

  it("with every field is the end, and fields of its own are kept", async () => {
    const { outcome } = await asked(worker([{}]), report("1", found({ ...whole, cwe: "CWE-79" })));
    deepEqual(outcome, { kind: "done", value: found({ ...whole, cwe: "CWE-79" }) });
  });
  it("without findings lacks nothing", async () =>
    equal((await asked(worker([{}]), report("1"))).outcome.kind, "done"));

  const { line: _line, severity: _severity, ...bare } = whole;
  for (const [what, input, words] of [
    ["a finding without a field", found(whole, bare), /- Finding 2 lacks line, severity\./u],
    ["a blank field", found({ ...whole, fix: " " }), /- Finding 1 lacks fix\./u],
    ["too many findings", found(whole, whole, whole), /- 3 findings are too many; at most 2\. Keep the most severe\./u],
  ] as const)
    it(`with ${what} goes back before anything is checked`, async () => {
      const evidence = worker([{}]);
      const { outcome, model } = await asked(evidence, report("1", input), report("2", found(whole)));
      match(JSON.stringify(model.requests[1]?.messages.at(-1)), words);
      deepEqual([outcome.kind, evidence.looked()], ["done", 1]);
    });

  it("that stays wrong fails at the third, and what was found is kept", async () => {
    const script = ["1", "2", "3"].map((id) => report(id, found(bare)));
    const { outcome } = await asked(worker([{}]), ...script);
    equal(outcome.kind, "failed");
    if (outcome.kind !== "failed") return;
    equal(outcome.failure.code, "report.invalid");
    match(outcome.failure.detail ?? "", /^- Finding 1 lacks line, severity\.\n\n.*"message":"wrong"/su);
  });

  it("names ten problems at most", async () => {
    const many = { ...REPORT, findings: Array.from({ length: 14 }, () => bare) };
    const { model } = await work({ ...worker([{}]), output: { required: ["line"] } }, report("1", many), report("2"));
    match(JSON.stringify(model.requests[1]?.messages.at(-1)), /Finding 10 lacks line\.\\n- and 4 more\./u);
  });
});

describe("a report under review", () => {
  const reviewed = (...answers: readonly Reviewed[]) => {
    const seen: string[] = [];
    const review = async ({ summary }: { readonly summary: string }) => {
      seen.push(summary);
      return answers[seen.length - 1] ?? { kind: "passed" as const };
    };
    return { seen, review };
  };
  const changes: Reviewed = { kind: "changes", say: "The reviewer asks: use <=." };

  it("that passes is the end", async () => {
    const { seen, review } = reviewed({ kind: "passed" });
    equal((await work({ ...worker([{}]), review }, report("1"))).outcome.kind, "done");
    deepEqual(seen, ["Did it."]);
  });
  it("goes back with what is asked for, as the answer to the call", async () => {
    const { seen, review } = reviewed(changes);
    const again = { ...REPORT, summary: "Mended." };
    const { outcome, model } = await work({ ...worker([{}]), review }, report("1"), report("2", again));
    match(
      JSON.stringify(model.requests[1]?.messages.at(-1)),
      /"tool_use_id":"1","content":"The reviewer asks: use <=\."/u,
    );
    deepEqual([outcome.kind === "done" && outcome.value.summary, seen], ["Mended.", ["Did it.", "Mended."]]);
  });
  it("is not asked for while a check is red, and red checks count anew behind each round", async () => {
    const red = { checks: [check("t", false)] };
    const evidence = worker([red, red, {}, red, red, {}]);
    const { seen, review } = reviewed(changes);
    const script = ["1", "2", "3", "4", "5", "6"].map((id) => report(id));
    const { outcome } = await work({ ...evidence, review }, ...script);
    deepEqual([outcome.kind, seen.length, evidence.looked()], ["done", 2, 6]);
  });
  it("fails with its reviewer", async () => {
    const { review } = reviewed({ kind: "failed", failure: failure("budget.reached", "Spent.") });
    const { outcome } = await work({ ...worker([{}]), review }, report("1"));
    equal(outcome.kind === "failed" && outcome.failure.code, "budget.reached");
  });
});

describe("text in place of a report", () => {
  it("is its summary", async () => {
    const { outcome } = await work(worker([{}]), say("All done."));
    deepEqual(outcome, {
      kind: "done",
      value: { summary: "All done.", files: [], findings: [], decisions: [], open_points: [] },
    });
  });
  it("is held to the same: a red check sends it back", async () => {
    const evidence = worker([{ checks: [check("t", false)] }, {}]);
    const { outcome, model } = await work(evidence, say("Done."), say(" "));
    match(JSON.stringify(model.requests[1]?.messages.at(-1)), /Not done yet: `t` failed/u);
    equal(outcome.kind === "done" && outcome.value.summary, "(no report)");
  });
});
