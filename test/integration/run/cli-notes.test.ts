import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CliOutcome } from "../../support/cli";
import { ran, useCli } from "../../support/cli-fixture";

const NAME = "../../../../escaped; rm -rf .";
const write = (content: string) =>
  `{ tool: write_note, input: { name: ${JSON.stringify(NAME)}, content: ${content} } }`;

describe("notes", function () {
  this.timeout(60_000);
  const t = useCli();
  const run = async (script: string, plan: string) => {
    await t.play(script);
    writeFileSync(join(t.home.dir, "p.yml"), plan);
    return t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--json", "--accept", "passing");
  };
  const folder = (outcome: CliOutcome) => join(t.repo.dir, ".git/braid/runs", outcome.events[0]?.run ?? "", "notes");
  const told = (subtask: string, attempt = 1) =>
    JSON.stringify(
      t.server.requests.find((r) => r.facts.subtask === subtask && r.facts.attempt === attempt)?.body?.messages[0],
    );

  it("of a role that only reads reach its dependents, and nothing a model wrote is part of a path", async () => {
    const outcome = await run(
      `rules:
  - when: { subtask: design, turn: 1 }
    reply: [${write('"the first"')}]
  - when: { subtask: design, turn: 2 }
    reply: [${write('"use a ring buffer"')}]
  - when: { subtask: build, turn: 1 }
    reply: [{ tool: read_note, input: { name: ${JSON.stringify(NAME)} } }]
  - when: { subtask: build, turn: 2 }
    reply: [{ tool: write, input: { file_path: out.txt, content: "{{last_result}}" } }]
`,
      "task: t\nsubtasks:\n  - { id: design, agent: architect }\n  - { id: build, dependencies: [design] }\n",
    );
    ran(outcome, 0);
    ok(told("build").includes(`Notes of it (read_note):\\n- ${NAME}`));
    equal(t.repo.read("out.txt"), "Note of design:\nuse a ring buffer");
    const files = readdirSync(folder(outcome));
    equal(files.length, 1);
    match(files[0] ?? "", /^1-[0-9a-f]{8}\.md$/u);
    equal(readFileSync(join(folder(outcome), files[0] ?? ""), "utf8"), "use a ring buffer");
    const status = JSON.parse((await t.braid("status", "--json")).stdout).runs[0];
    deepEqual(status.waves[0].subtasks[0].notes, [NAME]);
    equal(t.repo.git("status", "--porcelain"), "");
  });

  it("outlive an attempt, and the next one is told of them", async () => {
    const outcome = await run(
      `rules:
  - when: { attempt: 1, turn: 1 }
    reply: [${write('"half-way"')}]
  - when: { attempt: 1 }
    reply: [{ tool: report, input: { summary: "Done!" } }]
  - when: { attempt: 2, turn: 1 }
    reply: [{ tool: write, input: { file_path: out.txt, content: "x" } }]
`,
      "task: t\nsubtasks:\n  - { id: one }\n",
    );
    ran(outcome, 0);
    ok(told("one", 2).includes(`Notes you wrote in an attempt before (read_note):\\n- ${NAME}`));
  });

  it("cannot be seen by the shell", async () => {
    const outcome = await run(
      `rules:
  - when: { turn: 1 }
    reply: [${write('"secret"')}]
  - when: { turn: 2 }
    reply: [{ tool: bash, input: { command: "grep -rs secret . $(git rev-parse --git-common-dir); touch out.txt; echo END" } }]
`,
      "task: t\nsubtasks:\n  - { id: one }\n",
    );
    ran(outcome, 0);
    const seen = t.server.requests.find((r) => r.facts.turn === 3)?.facts.lastResult ?? "";
    match(seen, /END/u);
    ok(!seen.includes("secret"));
  });

  it("past their number are refused", async () => {
    const blocks = Array.from({ length: 21 }, (_, i) => `{ tool: write_note, input: { name: n${i}, content: x } }`);
    const outcome = await run(
      `rules:\n  - when: { turn: 1 }\n    reply: [${blocks.join(", ")}]\n`,
      "task: t\nsubtasks:\n  - { id: one, agent: researcher }\n",
    );
    ran(outcome, 0);
    equal(readdirSync(folder(outcome)).length, 20);
    match(t.server.requests.at(-1)?.facts.lastResult ?? "", /You have 20 notes, which is the limit/u);
    ok(!existsSync(join(t.repo.dir, "notes")));
  });
});

describe("findings that lack what the plan requires", function () {
  this.timeout(60_000);
  const t = useCli();
  it("go back in words; whole ones end the subtask", async () => {
    await t.play(`rules:
  - when: { turn: 1 }
    reply: [{ tool: report, input: { summary: s, findings: [{ file: a, message: m }] } }]
  - when: { last_result_contains: "Finding 1 lacks line, severity." }
    reply: [{ tool: report, input: { summary: s, findings: [{ file: a, line: 2, severity: error, message: m }] } }]
`);
    const output = "output: { required: [file, line, issue, severity], max_items: 3 }";
    writeFileSync(join(t.home.dir, "p.yml"), `task: t\nsubtasks:\n  - { id: one, agent: reviewer, ${output} }\n`);
    const outcome = await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--json");
    ran(outcome, 0);
    match(JSON.stringify(outcome.events.find((e) => e.type === "subtask.finished")), /"line":2/u);
    match(JSON.stringify(t.server.requests[0]?.body), /Each finding has: file, line, message \(issue\), severity\./u);
  });
});
