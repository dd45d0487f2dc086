import { STALL_MINUTES } from "../core/stall";

import type { Call, Group, Option } from "./usage-call";
import { UPKEEP_USAGE } from "./usage-upkeep";

const JSON_LINES: Option = ["--json", "one event a line"];
const NOTE: Option = ["--note TEXT", "what the worker or the planner is to know"];
const ASK: Option = [
  "--ask wait|never",
  "agents' questions wait for `braid answer`, or agents decide; on a terminal they are asked there",
];
const GOAL: readonly Option[] = [
  ["--pattern NAME", "a known shape: feature, review, refactor, research, pipeline, single"],
  ["--against REF", "review: what changed since a branch or commit, or in a range A..B"],
  ["--folder DIR", "review, refactor, research: only this folder"],
  ["--image FILE", "an image that goes with the goal; @path in a goal names a file or folder"],
  ["--web DOMAIN,… | *", "who plans and researches may search and read these domains of the web, or all"],
  ["--effort LEVEL", "how hard all think: low, medium, high, xhigh, max; or ROLE=LEVEL,…"],
];
const MERGE: Option = [
  "--merge squash|merge|stage",
  "how a result goes in: a commit (squash), a merge commit, or only staged",
];
const HOOKS: readonly Option[] = [
  ["--allow-hooks", "let commit hooks run that you have not allowed yet, unless the result changes them"],
  ["--no-hooks", "without your commit hooks and signature"],
];
const WORK: readonly Option[] = [
  ["--accept all|passing|none", "what to merge when the workers are done (none)"],
  ["--yes", "approve the plan, and amendments of it, without asking"],
  ["--tool-minutes N", `stop a tool that has not ended for so long (${STALL_MINUTES.tool}); shown after a third`],
  ["--turn-minutes N", `stop a model that has said nothing for so long (${STALL_MINUTES.turn}); shown after a third`],
  ["--allow-setup", "run the repository's worktree set-up commands, in the sandbox, without asking"],
  ...HOOKS,
  ASK,
  JSON_LINES,
];
const START: readonly Option[] = [
  ["--concurrency N", "workers at the same time (4)"],
  ["--amend ask|apply|off", "what to do when the planner wants to amend the plan (ask; apply with --yes)"],
  MERGE,
];

const GROUPS: readonly Group[] = [
  {
    title: "Plan and run",
    calls: [
      {
        name: "plan",
        words: '"GOAL"',
        does: "let the planner write a plan",
        options: [["-o FILE", "write it there"], ASK, ...GOAL],
      },
      { name: "plan", words: "--check PLAN.yml", does: "check a plan: waves, time, cost, recommendation" },
      {
        name: "run",
        words: 'PLAN.yml | --goal "GOAL"',
        does: "run a plan, or plan a goal and run it",
        options: [...START, ...WORK, ...GOAL],
      },
      {
        name: "resume",
        words: "[RUN]",
        does: "go on with a run: retry what failed or was interrupted",
        options: [
          ["--budget USD", "what the run may spend from now on, all in all; or usd=N,tokens=N,minutes=N"],
          ["--take-over", "take it from a process that is not heard of any more"],
          ...WORK,
        ],
      },
      {
        name: "demo",
        words: "[--workspace DIR]",
        does: "the demo, with scripted answers and no key",
        options: [...START, ...WORK],
      },
    ],
  },
  {
    title: "Watch and steer",
    calls: [
      {
        name: "status",
        words: "[RUN]",
        does: "what a run is doing, in whatever process",
        options: [
          ["--follow, -f", "go on telling until it rests"],
          ["--json", "one object; with --follow one event a line"],
        ],
      },
      { name: "answer", words: 'RUN [QUESTION] "TEXT"', does: "answer a question of an agent", options: [JSON_LINES] },
      {
        name: "allow",
        words: "RUN KEY",
        does: "let a command run that waits for your word; status shows it, and its key",
        options: [["--for once|run|repository", "how long the word holds (once)"], JSON_LINES],
      },
      { name: "deny", words: "RUN KEY", does: "turn such a command down", options: [JSON_LINES] },
      {
        name: "message",
        words: 'RUN SUBTASK "TEXT"',
        does: "say something to a running worker",
        options: [JSON_LINES],
      },
      { name: "stop", words: "RUN SUBTASK", does: "stop one worker; what it did is kept", options: [JSON_LINES] },
      {
        name: "retry",
        words: "RUN SUBTASK",
        does: "another attempt",
        options: [
          NOTE,
          ["--agent ROLE", "by another role"],
          ["--model MODEL", "by another model"],
          ["--turn-down PATH[#HUNK]", "what of the last result shall not come again; --reason TEXT says why"],
          ["--without SUBTASK", "a rejected dependency it shall do without"],
          JSON_LINES,
        ],
      },
      {
        name: "request-changes",
        words: "RUN SUBTASK",
        does: "an attempt that begins with the last result and changes what is asked for",
        options: [
          NOTE,
          ['--comment "PATH:LINE TEXT"', "on a line of the result; PATH:-LINE as it was before"],
          ["--turn-down PATH[#HUNK]", "what of the last result shall not come again"],
          JSON_LINES,
        ],
      },
      {
        name: "amend",
        words: "[RUN]",
        does: "have the plan looked at again, or decide on the amendment that waits",
        options: [
          NOTE,
          ["--file FILE", "an amendment you wrote"],
          ["--yes", "approve the one that waits"],
          ["--decline", "turn it down; --reason TEXT says why"],
          JSON_LINES,
        ],
      },
      { name: "pause", words: "[RUN]", does: "start no new worker", options: [JSON_LINES] },
      { name: "cancel", words: "[RUN]", does: "stop all workers; what they did is kept", options: [JSON_LINES] },
    ],
  },
  {
    title: "Review",
    calls: [
      {
        name: "review",
        words: "RUN SUBTASK",
        does: "what a result changed, files and hunks with numbers",
        options: [["--json", "one object"]],
      },
      {
        name: "accept",
        words: "RUN SUBTASK | RUN --all-passing",
        does: "merge a result, or all that finished and is green, into the branch",
        options: [
          ["--only PATH[#HUNK]", "of it these files or hunks (PATH#1,3-5), and no others"],
          ["--except PATH[#HUNK]", "all but these; --reason TEXT says why"],
          ["--include-config PATH", "this configuration too, although something executes it later"],
          ["--with-dependencies", "what it rests on first, in one step"],
          MERGE,
          ["--message TEXT", "the commit's message"],
          ...HOOKS,
          JSON_LINES,
        ],
      },
      {
        name: "reject",
        words: "RUN SUBTASK",
        does: "turn a result down",
        options: [["--reason TEXT", "why; told to the next attempt"], JSON_LINES],
      },
      {
        name: "rebase",
        words: "RUN SUBTASK",
        does: "put a result on a base without what was rejected beneath it",
        options: [JSON_LINES],
      },
      {
        name: "undo",
        words: "RUN SUBTASK",
        does: "take an accept back with a commit; the result is open again",
        options: [
          ["--only PATH[#HUNK]", "of it these files or hunks; the rest stays accepted"],
          ["--except PATH[#HUNK]", "all but these"],
          ...HOOKS,
          JSON_LINES,
        ],
      },
      {
        name: "redo",
        words: "RUN SUBTASK",
        does: "bring back what the last undo took out",
        options: [...HOOKS, JSON_LINES],
      },
      {
        name: "resolve",
        words: "RUN SUBTASK",
        does: "let an agent resolve the conflict that keeps a result out",
        options: [
          NOTE,
          ["--by-hand", "put it into a folder, for you to resolve"],
          ["--done", "take what stands there as a new result"],
          ...WORK,
        ],
      },
      {
        name: "report",
        words: "[RUN] [-o FILE.md]",
        does: "synthesis, findings, checks and cost, as Markdown",
        options: [["--pull-request", "title and body of a pull request for what was accepted"]],
      },
      {
        name: "transcript",
        words: "RUN SUBTASK",
        does: "what its agents said and did, tool by tool, as Markdown",
      },
      {
        name: "trace",
        words: "[RUN] [-o FILE.jsonl]",
        does: "every call of a model and a tool as OpenTelemetry spans, one OTLP JSON object a line",
        options: [["--otlp URL", "send them to a collector over OTLP/HTTP"]],
      },
      {
        name: "origin",
        words: "FILE:LINE",
        does: "which run, subtask and tool call a line comes from",
        options: [["--json", "one object"]],
      },
    ],
  },
  {
    title: "Set up",
    calls: UPKEEP_USAGE,
  },
];

/** Two columns that start where the longest of the left ones ends. */
function columns(rows: readonly Option[], indent: string): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => `${indent}${left.padEnd(width)}${right}`);
}

const callOf = ({ name, words }: Call): string => `braid ${name} ${words}`.trimEnd();

/** How the command line is used: every command with what it does. */
export const USAGE = [
  "Usage: braid COMMAND    (braid help COMMAND tells its options, braid --version which one this is)",
  ...GROUPS.flatMap(({ title, calls }) => [
    "",
    title,
    ...columns(
      calls.map((call) => [callOf(call), call.does]),
      "  ",
    ),
  ]),
  "",
  "RUN is the latest where it may be left out. Needs ANTHROPIC_API_KEY; ANTHROPIC_BASE_URL names another server that speaks the",
  "Messages API, BRAID_PRICES a JSON file with prices of your own.",
  "Exit: 0 done, 1 a subtask failed, 2 bad usage or plan, 3 waits for review or conflict, 4 budget reached, 130 cancelled.",
].join("\n");

/** How one command is used; undefined where there is none of this name. */
export function usageOf(name: string): string | undefined {
  const calls = GROUPS.flatMap((group) => group.calls).filter((call) => call.name === name);
  if (calls.length === 0) return undefined;
  const options = calls.flatMap((call) => call.options ?? []);
  return [
    ...columns(
      calls.map((call) => [callOf(call), call.does]),
      "",
    ),
    ...(options.length === 0 ? [] : ["", ...columns(options, "  ")]),
  ].join("\n");
}
