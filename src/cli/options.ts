import { ACCEPT_OPTION_NAMES, ACCEPT_OPTIONS, HOOK_OPTION_NAMES } from "./accept-flags";
import { GOAL_OPTIONS, GOAL_OPTION_NAMES } from "./goal-flags";
import { STEER_ALLOWED } from "./steer-arguments";
import { UPKEEP_ALLOWED, UPKEEP_OPTIONS } from "./upkeep-arguments";

/** Every option there is, as `parseArgs` takes them. */
export const OPTIONS = {
  accept: { type: "string" },
  amend: { type: "string" },
  decline: { type: "boolean" },
  file: { type: "string" },
  agent: { type: "string" },
  ask: { type: "string" },
  budget: { type: "string" },
  "by-hand": { type: "boolean" },
  check: { type: "string" },
  comment: { type: "string", multiple: true },
  concurrency: { type: "string" },
  done: { type: "boolean" },
  for: { type: "string" },
  forget: { type: "string", multiple: true },
  "forget-all": { type: "boolean" },
  follow: { type: "boolean", short: "f" },
  goal: { type: "string" },
  help: { type: "boolean", short: "h" },
  json: { type: "boolean" },
  model: { type: "string" },
  note: { type: "string" },
  otlp: { type: "string" },
  output: { type: "string", short: "o" },
  "pull-request": { type: "boolean" },
  reason: { type: "string" },
  "take-over": { type: "boolean" },
  "tool-minutes": { type: "string" },
  "turn-minutes": { type: "string" },
  workspace: { type: "string" },
  "allow-setup": { type: "boolean" },
  yes: { type: "boolean", short: "y" },
  ...GOAL_OPTIONS,
  ...ACCEPT_OPTIONS,
  ...UPKEEP_OPTIONS,
  "turn-down": { type: "string", multiple: true },
  version: { type: "boolean", short: "V" },
  without: { type: "string", multiple: true },
} as const;

/** Options of what lets workers work, and of what starts a run. */
const WORK_OPTIONS = [
  "accept",
  "yes",
  "allow-setup",
  "tool-minutes",
  "turn-minutes",
  ...HOOK_OPTION_NAMES,
  "ask",
  "json",
];
const START_OPTIONS = ["amend", "concurrency", "merge"];

/** How many words each command takes, and which options. */
export const COMMANDS: Readonly<
  Record<string, { readonly words: readonly [number, number]; readonly options: readonly string[] }>
> = {
  amend: { words: [0, 1], options: ["note", "file", "yes", "decline", "reason", "json"] },
  plan: { words: [0, 1], options: ["output", "check", "ask", ...GOAL_OPTION_NAMES] },
  run: { words: [0, 1], options: ["goal", ...START_OPTIONS, ...WORK_OPTIONS, ...GOAL_OPTION_NAMES] },
  review: { words: [2, 2], options: ["json"] },
  accept: { words: [1, 2], options: ["json", "reason", ...ACCEPT_OPTION_NAMES] },
  rebase: { words: [2, 2], options: ["json"] },
  undo: { words: [2, 2], options: [...HOOK_OPTION_NAMES, "only", "except", "json"] },
  redo: { words: [2, 2], options: [...HOOK_OPTION_NAMES, "json"] },
  models: { words: [0, 0], options: ["json"] },
  resume: { words: [0, 1], options: [...WORK_OPTIONS, "budget", "take-over"] },
  ...STEER_ALLOWED,
  ...UPKEEP_ALLOWED,
  status: { words: [0, 1], options: ["json", "follow"] },
  origin: { words: [1, 1], options: ["json"] },
  report: { words: [0, 1], options: ["output", "pull-request"] },
  transcript: { words: [2, 2], options: [] },
  trace: { words: [0, 1], options: ["output", "otlp"] },
  resolve: { words: [2, 2], options: ["note", "by-hand", "done", ...WORK_OPTIONS] },
  reject: { words: [2, 2], options: ["reason", "json"] },
  demo: { words: [0, 0], options: ["workspace", ...START_OPTIONS, ...WORK_OPTIONS] },
};
