import { deepEqual, equal, match } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ONE, ran, useCli } from "../../support/cli-fixture";

const SCENARIO = `rules:
  - when: { attempt: 1, turn: 1 }
    reply: [{ tool: write, input: { file_path: note.md, content: "one\\ntwo\\nthree\\n" } }]
  - when: { attempt: 2, turn: 1 }
    reply: [{ tool: edit, input: { file_path: note.md, old_string: two, new_string: zwei } }]
  - when: { attempt: 2 }
    reply: [{ tool: report, input: { summary: Changed., answers: [{ comment: 1, answer: "In German \\e[31mnow" }] } }]
  - reply: [{ tool: report, input: { summary: Written. } }]
`;

describe("braid request-changes", function () {
  this.timeout(60_000);
  const t = useCli();
  const asked = async () => {
    await t.play(SCENARIO);
    writeFileSync(join(t.home.dir, "p.yml"), ONE);
    const outcome = await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--json");
    ran(outcome, 3);
    return outcome.events[0]?.run ?? "";
  };

  it("begins with the last result, and the review says what became of each comment", async () => {
    const run = await asked();
    const comment = ["--comment", "note.md:2 In German, please", "--comment", "note.md:3 And this?"];
    const told = await t.braid("request-changes", run, "one", "--note", "Mostly good.", ...comment);
    ran(told, 0);
    match(told.stdout, /one will be changed\. Go on with: braid resume/u);
    ran(await t.braid("resume", run), 3);
    const first = JSON.stringify(t.server.requests.find((r) => r.facts.attempt === 2)?.body?.messages[0]);
    match(
      first,
      /Mostly good\..*1\. note\.md:2, as you left it:.*> two.*In German.*2\. note\.md:3.*by these numbers/su,
    );
    match(first, /Your worktree holds your result of attempt 1/u);
    const { since } = JSON.parse((await t.braid("review", run, "one", "--json")).stdout);
    deepEqual(
      since.comments.map((each: Record<string, unknown>) => [each["fate"], each["answer"]]),
      [
        ["changed", "In German \u001b[31mnow"],
        ["close-by", null],
      ],
    );
    const { stdout } = await t.braid("review", run, "one");
    match(
      stdout,
      /asked of attempt 1: Mostly good\..*note\.md:2 \[changed\] In German.*worker: In German [^\u001b]*now/su,
    );
    ran(await t.braid("accept", run, "one"), 0);
    equal(t.repo.read("note.md"), "one\nzwei\nthree\n");
  });

  it("is refused where nothing is asked for, and of what the result has not", async () => {
    const run = await asked();
    for (const [words, said] of [
      [[], /Nothing is asked for yet/u],
      [["--comment", "x.md:1 Why?"], /does not change x\.md.*braid review/su],
      [["--turn-down", "note.md#7"], /note\.md can only be taken whole/u],
    ] as const) {
      const outcome = await t.braid("request-changes", run, "one", ...words);
      equal(outcome.code === 0, false);
      match(outcome.stderr + outcome.stdout, said);
    }
  });
});
