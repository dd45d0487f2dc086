import assert from "node:assert/strict";
import { readPlanFile } from "../../src/core/plan/plan-file";
import { hostileCalls, type HostileCall } from "../support/hostile-run";

const deep = (levels: number): unknown => {
  let value: unknown = "x";
  for (let i = 0; i < levels; i += 1) value = [value];
  return value;
};
const bash = (command: string, ends: HostileCall["ends"], name?: string): HostileCall => ({
  row: "R",
  tool: "bash",
  input: { command, timeout_ms: 20_000 },
  ends,
  ...(name === undefined ? {} : { name }),
});

const CALLS: readonly HostileCall[] = [
  bash("truncate -s 1900M huge; ls huge", "harmless", "a file of 1.9 GB"),
  { row: "R", tool: "read", input: { file_path: "huge" }, ends: "refused", says: /over 2 MB/u },
  { row: "R", tool: "edit", input: { file_path: "huge", old_string: "a", new_string: "b" }, ends: "refused" },
  { row: "R", tool: "grep", input: { pattern: "x", path: "huge" }, ends: "either" },
  bash("rm huge; mkdir many && cd many && seq 20000 | xargs touch", "harmless", "20,000 files in a folder"),
  { row: "R", tool: "glob", input: { pattern: "many/*" }, ends: "harmless" },
  { row: "R", tool: "grep", input: { pattern: "x", path: "many" }, ends: "either" },
  bash("rm -r many; mkdir -p $(printf 'd/%.0s' $(seq 1 900)); find . | wc -c", "either", "folders 900 deep"),
  { row: "R", tool: "glob", input: { pattern: "**/*" }, ends: "either" },
  bash("rm -r d; head -c 300000000 /dev/zero | tr '\\0' 'x'", "either", "300 MB on one line"),
  {
    row: "R",
    tool: "write",
    input: { file_path: "big", content: "x".repeat(5_000_000) },
    ends: "either",
    name: "5 MB of content",
  },
  {
    row: "R",
    tool: "write",
    input: { file_path: "x", content: deep(2_000) },
    ends: "refused",
    name: "2,000 levels for content",
  },
  {
    row: "R",
    tool: "write",
    input: { file_path: deep(500), content: "x" },
    ends: "refused",
    name: "500 levels for a path",
  },
  { row: "R", tool: "no_such_tool", input: {}, ends: "refused" },
  {
    row: "R",
    tool: "bash",
    input: { command: "x".repeat(200_000) },
    ends: "refused",
    name: "a command of 200,000 characters",
  },
  {
    row: "R",
    tool: "bash",
    input: { command: "true", timeout_ms: 1e12 },
    ends: "refused",
    name: "a time limit of 30 years",
  },
  { row: "R", tool: "read", input: { file_path: "README.md", view_range: [-1, 1e9] }, ends: "either" },
  { row: "R", tool: "grep", input: { pattern: "(".repeat(50_000) }, ends: "either", name: "50,000 brackets" },
];

describe("what would use everything up, in a run (R)", () => {
  hostileCalls(CALLS);
});

describe("plans that would use everything up (R)", function () {
  this.timeout(60_000);
  const wide = Array.from({ length: 100_000 }, (_, i) => `  - { id: s${i} }`).join("\n");
  for (const [what, text] of [
    ["100,000 subtasks", `task: t\nsubtasks:\n${wide}\n`],
    ["100,000 levels", `task: ${"[".repeat(100_000)}`],
    [
      "aliases that expand without end",
      `a: &a [x]\n${"bcdefghij"
        .split("")
        .map((c, i) => `${c}: &${c} [${Array.from({ length: 9 }, () => `*${"abcdefghi"[i]}`).join(",")}]`)
        .join("\n")}\ntask: *j\n`,
    ],
    ["a cycle", "task: t\nsubtasks: [{ id: a, dependencies: [b] }, { id: b, dependencies: [a] }]\n"],
    ["one id twice", "task: t\nsubtasks: [{ id: a }, { id: a }]\n"],
    ["a path for an id", "task: t\nsubtasks: [{ id: ../../x }]\n"],
  ] as const)
    it(`${what} are refused in words`, () => {
      const { plan, diagnostics } = readPlanFile(text);
      assert.equal(plan, undefined);
      assert.ok(diagnostics.length > 0 && diagnostics.length <= 1_000);
    });
});
