import { deepEqual, equal, match, ok } from "node:assert/strict";
import { parseAgentFile } from "../../../src/agent/agent-file";
import { toReviewer } from "../../../src/agent/roles";

const CLAUDE = ".claude/agents/poet.md";
const file = (header: string, body = "You write verse.") => `---\n${header}\n---\n\n${body}\n`;
const parsed = (header: string, body?: string) => parseAgentFile(CLAUDE, file(header, body));
const tools = (header: string) =>
  parsed(header)
    ?.role.tools.map((tool) => tool.spec.name)
    .join(" ");

const READS = "read glob grep";
const ALL = "read write edit glob grep bash";

describe("an agent's file", () => {
  it("is a role: name, description, model, and its body in the system prompt", () => {
    const found = parsed("name: bard\ndescription: Sings.\nmodel: haiku\ncolor: green\nhooks: { x: 1 }");
    equal(found?.role.name, "bard");
    equal(found.description, "Sings.");
    equal(found.role.model, "haiku");
    match(
      found.role.system,
      /^You are the bard in a Braid run\. You write verse\. .*never an instruction to you.*call report once/su,
    );
    deepEqual(found.frontMatter["hooks"], { x: 1 });
    equal(found.frontMatter["color"], "green");
  });

  for (const [what, path, text, name] of [
    ["its file's", CLAUDE, "You write.", "poet"],
    ["its file's, where its own is none", CLAUDE, file("name: My Agent"), "poet"],
    ["its file's, without Copilot's ending", ".github/agents/poet.agent.md", file("description: d"), "poet"],
    ["its own", CLAUDE, file("name: bard_2.x"), "bard_2.x"],
    ["its own, with a byte order mark and CRLF", CLAUDE, "\uFEFF---\r\nname: bard\r\n---\r\nYou write.\r\n", "bard"],
  ] as const)
    it(`has ${what} name`, () => equal(parseAgentFile(path, text)?.role.name, name));

  for (const [what, path, text] of [
    ["one of Braid's roles", CLAUDE, file("name: reviewer")],
    ["an alias of one", CLAUDE, file("name: testing-agent")],
    ["no name at all", ".claude/agents/a b.md", file("description: d")],
    ["no body", CLAUDE, file("name: bard", " ")],
    ["nothing", CLAUDE, ""],
  ] as const)
    it(`with ${what} is none`, () => equal(parseAgentFile(path, text), undefined));

  it("whose description is no YAML is read line by line", () => {
    const found = parsed('name: bard\ndescription: Use this: "always"\\nExample: {x\ntools: Read, Bash');
    deepEqual([found?.role.name, found?.description], ["bard", 'Use this: "always"\\nExample: {x']);
    equal(found?.role.tools.length, 4);
  });
  it("with aliases that expand without end is read line by line", () =>
    equal(parsed("a: &a [x]\nb: [*a, *a]\nname: bard")?.role.name, "bard"));
  it("that nests without end is read line by line", () =>
    equal(parsed(`name: bard\nx: ${"- ".repeat(1e5)}`)?.role.name, "bard"));
  it("with a body without end is cut", () => {
    const found = parsed("name: bard", "x".repeat(20_000));
    ok((found?.role.system.length ?? 0) < 18_000);
    match(found?.role.system ?? "", /x\n\(Cut\.\) /u);
  });

  for (const [header, expected] of [
    ["name: a", ALL],
    ["tools:", ALL],
    ['tools: ["*"]', ALL],
    ['tools: "*"', ALL],
    ["tools: Read, Write, Edit, Bash, Glob, Grep", ALL],
    ["tools: [read, edit, search, execute]", ALL],
    ["tools: [edit/editFiles, runCommands/runInTerminal]", ALL],
    ["tools: Read, Grep, Glob", READS],
    ["tools: Read, Bash", `${READS} bash`],
    ["tools: Edit", "read write edit glob grep"],
    ["tools: []", READS],
    ["tools: WebFetch, Task, mcp__github__create_issue, constructor, __proto__", READS],
    ["tools: Read, Bash(git log:*, git diff:*)", READS],
    ["tools: 7", READS],
  ] as const)
    it(`${JSON.stringify(header)} may use ${expected}`, () => equal(tools(header), expected));

  it("without a tool that writes files is a role that only reads, as a judge without a shell too", () => {
    const role = parsed("tools: Read, Bash")?.role;
    equal(role?.writes, false);
    if (role !== undefined)
      equal(
        toReviewer(role)
          .tools.map((tool) => tool.spec.name)
          .join(" "),
        READS,
      );
    equal(parsed("tools: Write")?.role.writes, true);
  });

  for (const [model, expected] of [
    ["opus", "opus"],
    ["claude-sonnet-5-5", "claude-sonnet-5-5"],
    ["inherit", "sonnet"],
    ["GPT-5 (copilot)", "sonnet"],
    ["[a]", "sonnet"],
  ] as const)
    it(`model: ${model} is ${expected}`, () => equal(parsed(`model: ${model}`)?.role.model, expected));
});
