import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CliEvent, CliOutcome } from "./cli";
import { useCli } from "./cli-fixture";

export const WORKERS = `  - when: { role: implementer, turn: 1 }
    reply: [{ tool: write, input: { file_path: "{{subtask}}.txt", content: "{{subtask}}\\n" } }]
  - when: { role: implementer }
    reply: [{ tool: report, input: { summary: "Wrote {{subtask}}.txt." } }]
`;
export const SYNTHESIZER = `  - when: { role: synthesizer }
    reply: [{ tool: report, input: { summary: All brought together. } }]
`;
export const HIERARCHICAL = `task: Fix what the survey finds
pattern: hierarchical
subtasks: [{ id: survey, agent: researcher }]
integration: { strategy: synthesize }
`;
export const SURVEY = `  - when: { role: researcher }
    reply:
      - tool: report
        input:
          summary: Two files are wrong.
          findings: [{ file: a.txt, line: 1, severity: error, message: is missing }, { file: b.txt, line: 1, severity: error, message: is missing }]
`;
/** Makes the second level from what the first reported, and then has enough. */
export const LEVELS = `  - when: { system_contains: submit_amendment, contains: "Report: Wrote" }
    reply: [{ tool: submit_amendment, input: { reason: Both files are there. } }]
  - when: { system_contains: submit_amendment, contains: '/(\\w)\\.txt:1 error: is missing\\n- (\\w)\\.txt:1 error/' }
    reply:
      - tool: submit_amendment
        input:
          reason: "Mend {{match.1}} and {{match.2}}."
          add:
            - { id: "mend-{{match.1}}", dependencies: [survey], verify: ["test -f mend-{{match.1}}.txt"] }
            - { id: "mend-{{match.2}}", dependencies: [survey] }
`;
export const ONE_SUBTASK = "task: One\nsubtasks: [{ id: one }]\n";
export const CHAIN = `task: Two steps
subtasks:
  - { id: first, files: [first.txt] }
  - { id: second, dependencies: [first], files: [second.txt] }
`;
/** The first step only succeeds on another model. */
export const HARD = `  - when: { subtask: first, model: /opus/, turn: 1 }
    reply: [{ tool: write, input: { file_path: first.txt, content: "done by {{model}}\\n" } }]
  - when: { subtask: first, model: /sonnet/ }
    reply: []
    stop_reason: refusal
`;
export const amends = (input: string, more = ""): string =>
  `  - when: { system_contains: submit_amendment${more} }\n    reply: [{ tool: submit_amendment, input: ${input} }]\n`;
export const ESCALATES = amends("{ reason: Too hard for it., change: [{ id: first, model: opus }] }");

/** The command line with what the tests of amendments ask again and again. */
export function useAmending() {
  const t = useCli();
  const plan = (text: string): string => {
    writeFileSync(join(t.home.dir, "p.yml"), text);
    return join(t.home.dir, "p.yml");
  };
  return {
    t,
    /** Writes a plan file beside the repository. */
    plan,
    /** Runs a plan; `script` is what the model says before the workers' own rules. */
    run: async (text: string, script: string, ...flags: readonly string[]): Promise<CliOutcome> => {
      await t.play(`rules:\n${script}${WORKERS}${SYNTHESIZER}`);
      return t.braid("run", plan(text), "--json", ...flags);
    },
    view: async () => JSON.parse((await t.braid("status", "--json")).stdout).runs[0],
    /** The requests in which the planner was asked for an amendment. */
    asked: () => t.server.requests.filter((r) => r.facts.system.includes("submit_amendment")),
  };
}

/** The types of events that begin with one of these words. */
export function typesOf(events: readonly CliEvent[], ...wanted: readonly string[]): readonly string[] {
  return events.map((e) => e.type).filter((type) => wanted.some((word) => type.startsWith(word)));
}
