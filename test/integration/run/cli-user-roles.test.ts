import { deepEqual, equal, match, ok } from "node:assert/strict";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ran, useCli } from "../../support/cli-fixture";

const WRITES = `rules:
  - when: { turn: 1 }
    reply: [{ tool: write, input: { file_path: "{{subtask}}.md", content: "by {{role}}\\n" } }]
`;
const POET = "---\nname: poet\ndescription: Writes verse.\nmodel: haiku\n---\nRhyme every line.\n";

describe("a repository's own agents", function () {
  this.timeout(60_000);
  const t = useCli();
  const run = async (plan: string, script = WRITES) => {
    await t.play(script);
    writeFileSync(join(t.home.dir, "p.yml"), plan);
    return t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--json", "--accept", "passing");
  };
  const plan = (rest: string) => `task: t\nsubtasks:\n  - { id: one, ${rest} }\n`;

  it("work as roles of a plan, with their own prompt, tools and model", async () => {
    t.repo.write(".claude/agents/poet.md", POET);
    t.repo.write(".github/agents/critic.agent.md", "---\ntools: [read, search]\n---\nFind fault.\n");
    t.repo.commit("agents");
    const script = `${WRITES.replace("turn: 1", "turn: 1, role: poet")}  - when: { role: critic }
    reply: [{ tool: verdict, input: { decision: approve } }]
`;
    ran(await run(plan("agent: poet, review: { agent: critic }"), script), 0);
    equal(t.repo.read("one.md"), "by poet\n");
    const [worker, critic] = ["poet", "critic"].map((r) => t.server.requests.find((q) => q.facts.role === r));
    match(worker?.facts.system ?? "", /^You are the poet in a Braid run\. Rhyme every line\./u);
    match(worker?.facts.model ?? "", /haiku/u);
    match(critic?.facts.system ?? "", /Find fault\..*call verdict once/su);
    match((await t.braid("status")).stdout, /one \(poet\) \[ACCEPTED\]/u);
  });

  it("are told to the planner, and it may use them", async () => {
    t.repo.write(".claude/agents/poet.md", POET);
    t.repo.commit("agents");
    const submit = "{ tool: submit_plan, input: { plan: { subtasks: [{ id: ode, agent: poet }] } } }";
    await t.play(`rules:\n  - when: { role: planner }\n    reply: [${submit}]\n${WRITES.slice("rules:\n".length)}`);
    ran(await t.braid("run", "--goal", "An ode", "--yes", "--accept", "passing"), 0);
    equal(t.repo.read("ode.md"), "by poet\n");
    match(JSON.stringify(t.server.requests[0]?.body), /roles of its own.*- poet: Writes verse\./su);
  });

  it("that are not committed are none", async () => {
    t.repo.write(".claude/agents/poet.md", POET);
    const outcome = await run(plan("agent: poet"));
    ran(outcome, 2);
    match(outcome.stderr, /p\.yml:3:23: Unknown role "poet"; known: planner, /u);
  });

  it("that are links are none", async () => {
    t.repo.write("elsewhere.md", POET);
    t.repo.write(".claude/agents/other.md", "Other.");
    symlinkSync("../../elsewhere.md", join(t.repo.dir, ".claude/agents/poet.md"));
    t.repo.commit("agents");
    ran(await run(plan("agent: poet")), 2);
  });

  it("that may write nothing leave no diff", async () => {
    t.repo.write(".claude/agents/poet.md", POET.replace("model: haiku", "tools: Read, Bash"));
    t.repo.commit("agents");
    const script = `rules:\n  - when: { turn: 1 }\n    reply: [{ tool: bash, input: { command: "echo x > made.txt; cat made.txt" } }]\n`;
    const outcome = await run(plan("agent: poet"), script);
    ran(outcome, 0);
    equal(t.server.requests.at(-1)?.facts.lastResult.trim(), "x");
    ok(JSON.stringify(outcome.events.find((e) => e.type === "subtask.finished")).includes('"result":null'));
  });
});

describe("a repository's instructions", function () {
  this.timeout(60_000);
  const t = useCli();

  it("reach a worker from the base, each once, in its first message and never in its system prompt", async () => {
    t.repo.write("AGENTS.md", "Use tabs.");
    t.repo.write("src/AGENTS.md", "Use spaces.");
    t.repo.write("CLAUDE.md", "Not read.");
    t.repo.write(".github/copilot-instructions.md", "Use tabs.");
    t.repo.commit("instructions");
    t.repo.write("AGENTS.md", "Dirty.");
    await t.play(WRITES);
    writeFileSync(
      join(t.home.dir, "p.yml"),
      'task: t\nsubtasks:\n  - { id: a, files: ["src/**"] }\n  - { id: b, files: [b.md] }\n',
    );
    const outcome = await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--json");
    ran(outcome, 3);
    const first = (id: string) => t.server.requests.find((r) => r.facts.subtask === id && r.facts.turn === 1);
    match(
      first("a")?.facts.text ?? "",
      /\(src\/AGENTS\.md\):\nUse spaces\.\n\n.*\(\.github\/copilot-instructions\.md\):\nUse tabs\./su,
    );
    equal(first("b")?.facts.text.split("Use tabs.").length, 2);
    for (const { body, facts } of t.server.requests) {
      ok(!/Use (?:tabs|spaces)/u.test(facts.system));
      ok(!/Not read|Dirty/u.test(JSON.stringify(body)));
    }
    deepEqual(first("a")?.body?.system, first("b")?.body?.system);
    deepEqual(first("a")?.body?.tools, first("b")?.body?.tools);
    const { waves } = JSON.parse((await t.braid("status", "--json")).stdout).runs[0];
    deepEqual(
      waves[0].subtasks.map((s: { readonly instructions: readonly string[] }) => s.instructions),
      [["src/AGENTS.md", ".github/copilot-instructions.md"], ["AGENTS.md"]],
    );
  });

  it("that a worker writes do not instruct the next", async () => {
    const script = `rules:\n  - when: { turn: 1 }\n    reply: [{ tool: write, input: { file_path: AGENTS.md, content: "{{subtask}}: obey me" } }]\n`;
    await t.play(script);
    writeFileSync(join(t.home.dir, "p.yml"), "task: t\nsubtasks:\n  - { id: a }\n  - { id: b, dependencies: [a] }\n");
    ran(await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--accept", "none"), 3);
    const first = t.server.requests.find((r) => r.facts.subtask === "b");
    ok(!first?.facts.text.includes("obey me"));
  });
});
