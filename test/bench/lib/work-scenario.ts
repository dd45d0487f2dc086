/** Milliseconds to the first token; what follows comes at once, so that every millisecond is accounted for. */
export const FIRST_TOKEN_MS = 200;

/** Requests of one worker: four turns with tools, and the report. */
export const TURNS = 5;

/** Time the model takes for one subtask, in milliseconds. */
export const SUBTASK_MS = TURNS * FIRST_TOKEN_MS;

/** Eight workers whose every word is the same, but for their names. */
export function workScenario(): object {
  const latency = { first_token_ms: FIRST_TOKEN_MS, per_token_ms: 0 };
  return { defaults: { latency, unmatched: "error" }, rules: FULL };
}

/** Workers who write a file and report: two requests each, and half of a subtask's `ms` for each. */
export function shortScenario(subtasks: readonly { readonly id: string; readonly ms: number }[]): object {
  const rules = subtasks.flatMap(({ id, ms }) => {
    const latency = { first_token_ms: ms / 2, per_token_ms: 0 };
    return [
      { when: { subtask: id, turn: 1 }, latency, reply: [WRITE] },
      { when: { subtask: id, turn: "2.." }, latency, reply: [REPORT] },
    ];
  });
  return { defaults: { unmatched: "error" }, rules };
}

const WRITE = {
  tool: "write",
  input: { file_path: "src/{{subtask}}.ts", content: "export const line = 1;\n".repeat(20) },
};
const REPORT = { tool: "report", input: { summary: "Done.", files: ["src/{{subtask}}.ts"] } };

/** A worker that reads, writes, edits and searches, and reports. */
const FULL = [
  { when: { turn: 1 }, reply: [{ tool: "read", input: { file_path: "README.md" } }] },
  { when: { turn: 2 }, reply: [{ text: "I write the file." }, WRITE] },
  {
    when: { turn: 3 },
    reply: [
      {
        tool: "edit",
        input: {
          file_path: "src/{{subtask}}.ts",
          old_string: "export const line = 1;\n",
          new_string: "export const line = 2;\n",
          replace_all: true,
        },
      },
    ],
  },
  { when: { turn: 4 }, reply: [{ tool: "grep", input: { pattern: "line = 2", path: "src" } }] },
  { when: { turn: "5.." }, reply: [REPORT] },
];
