import { deepEqual, equal, match } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cli } from "../../support/cli";
import { ONE, ran, useCli } from "../../support/cli-fixture";

/** A worker that asks first, writes what it was told, and reports. */
const ASKS = `rules:
  - when: { turn: 1 }
    reply: [{ tool: ask, input: { question: Which colour?, options: [blue, red] } }]
  - when: { turn: 2, last_result_contains: "The user answers" }
    reply: [{ tool: write, input: { file_path: note.md, content: "{{last_result}}" } }]
  - when: { turn: 2 }
    reply: [{ tool: write, input: { file_path: note.md, content: "assumed" } }]
  - when: { turn: 3 }
    reply: [{ tool: report, input: { summary: Done. } }]
`;

describe("questions on the command line", function () {
  this.timeout(60_000);
  const f = useCli();
  beforeEach(() => writeFileSync(join(f.repo.dir, "plan.yml"), ONE));

  it("without a terminal nobody answers: the agent decides, and the log says so", async () => {
    await f.play(ASKS);
    const outcome = await f.braid("run", "plan.yml", "--yes", "--json");
    ran(outcome, 3);
    const answered = outcome.events.find((event) => event.type === "question.answered");
    deepEqual([answered?.["by"], answered?.["answer"]], ["nobody", ""]);
    equal(f.repo.git("show", `${refOf(f)}:note.md`), "assumed");
  });

  it("and tells people in lines", async () => {
    await f.play(ASKS);
    const outcome = await f.braid("run", "plan.yml", "--yes");
    match(
      outcome.stdout,
      /\? one asks: Which colour\? \(blue \/ red\)\n {2}Nobody answers question 1; the agent decides/u,
    );
  });

  it("a planner asks first, before there is a plan", async () => {
    await f.play(`rules:
  - when: { role: planner, turn: 1 }
    reply: [{ tool: ask, input: { question: "Which part?" } }]
  - when: { role: planner, turn: 2, last_result_contains: Nobody can be asked }
    reply: [{ tool: submit_plan, input: { plan: { task: t, subtasks: [{ id: guessed }] } } }]
`);
    const outcome = await f.braid("plan", "A goal");
    ran(outcome, 0);
    match(outcome.stdout, /guessed/u);
  });

  it("--ask takes two words only", async () => {
    const outcome = await cli(["run", "plan.yml", "--ask", "maybe"], { cwd: f.repo.dir });
    ran(outcome, 2);
    match(outcome.stderr, /--ask takes wait or never, not "maybe"/u);
  });
});

function refOf(f: { readonly repo: { git(...args: readonly string[]): string } }): string {
  return f.repo.git("for-each-ref", "--format=%(refname)", "refs/braid").trim().split("\n")[0] ?? "";
}
