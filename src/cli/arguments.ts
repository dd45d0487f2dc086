import { parseArgs } from "node:util";
import { AMENDMENT_POLICIES, type AmendmentPolicy } from "../core/amendment/amendment";
import { isSteerName, STEER_ALLOWED, steerCommand, type SteerCommand } from "./steer-arguments";
import { mergeKindOf, type MergeKind } from "../core/review/merge-kind";
import { acceptFlags, ACCEPT_OPTION_NAMES, ACCEPT_OPTIONS, wrongMerge, type AcceptFlags } from "./accept-flags";
import { byHandStep, placeOf } from "./resolve-flags";
import { GOAL_OPTIONS, GOAL_OPTION_NAMES, goalFlags, type GoalFlags } from "./goal-flags";

/** What to accept when the workers are done. */
export type AcceptPolicy = "all" | "passing" | "none";

/** Who answers agents' questions, other than the terminal at hand: another one, or nobody. */
export type AskPolicy = "wait" | "never";

/** A parsed command line. */
export type Command =
  | { readonly name: "help"; readonly of: string | undefined }
  | ({
      readonly name: "plan";
      readonly goal: string | undefined;
      readonly output: string | undefined;
      readonly check: string | undefined;
      readonly ask: AskPolicy | undefined;
    } & GoalFlags)
  | ({ readonly name: "run"; readonly file: string | undefined; readonly goal: string | undefined } & RunFlags &
      GoalFlags)
  | { readonly name: "review"; readonly run: string; readonly subtask: string; readonly json: boolean }
  | ({ readonly name: "accept" } & AcceptFlags)
  | { readonly name: "models"; readonly json: boolean }
  | { readonly name: "doctor"; readonly json: boolean }
  | ({ readonly name: "resume"; readonly run: string | undefined; readonly takeOver: boolean } & RunFlags)
  | SteerCommand
  | { readonly name: "status"; readonly run: string | undefined; readonly json: boolean; readonly follow: boolean }
  | { readonly name: "origin"; readonly file: string; readonly line: number; readonly json: boolean }
  | {
      readonly name: "report";
      readonly run: string | undefined;
      readonly output: string | undefined;
      /** Title and body of a pull request instead. */
      readonly pullRequest?: true;
    }
  | ({
      readonly name: "resolve";
      readonly run: string;
      readonly subtask: string;
      readonly note: string | undefined;
      /** Without an agent: put it into a folder, or take what stands there. */
      readonly byHand?: "open" | "done";
    } & RunFlags)
  | {
      readonly name: "reject";
      readonly run: string;
      readonly subtask: string;
      readonly reason: string;
      readonly json: boolean;
    }
  | ({
      readonly name: "amend";
      readonly run: string | undefined;
      readonly note: string | undefined;
      /** A file with an amendment somebody wrote. */
      readonly file: string | undefined;
      readonly decline: boolean;
      readonly reason: string;
    } & Pick<RunFlags, "yes" | "json">)
  | { readonly name: "undo"; readonly run: string; readonly subtask: string; readonly json: boolean }
  | ({ readonly name: "demo"; readonly workspace: string | undefined } & RunFlags);

/** Flags of the commands that let workers work. */
export interface RunFlags {
  readonly accept: AcceptPolicy;
  readonly concurrency: number;
  readonly yes: boolean;
  /** Runs the repository's own set-up commands, in the sandbox, without asking. */
  readonly allowSetup?: boolean;
  /** Undefined: on the terminal where there is one, else never. */
  readonly ask: AskPolicy | undefined;
  readonly json: boolean;
  /** What happens to amendments of the plan; undefined where the command line does not say. */
  readonly amend: AmendmentPolicy | undefined;
  /** How results go in; undefined where the command line does not say. */
  readonly merge?: MergeKind | undefined;
}

/** Workers at the same time unless the user says otherwise. */
export const DEFAULT_CONCURRENCY = 4;

/** The words were not understood; the message says which. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const OPTIONS = {
  accept: { type: "string" },
  amend: { type: "string" },
  decline: { type: "boolean" },
  file: { type: "string" },
  agent: { type: "string" },
  ask: { type: "string" },
  "by-hand": { type: "boolean" },
  check: { type: "string" },
  concurrency: { type: "string" },
  done: { type: "boolean" },
  follow: { type: "boolean", short: "f" },
  goal: { type: "string" },
  help: { type: "boolean", short: "h" },
  json: { type: "boolean" },
  model: { type: "string" },
  note: { type: "string" },
  output: { type: "string", short: "o" },
  "pull-request": { type: "boolean" },
  reason: { type: "string" },
  "take-over": { type: "boolean" },
  workspace: { type: "string" },
  "allow-setup": { type: "boolean" },
  yes: { type: "boolean", short: "y" },
  ...GOAL_OPTIONS,
  ...ACCEPT_OPTIONS,
  "turn-down": { type: "string", multiple: true },
  without: { type: "string", multiple: true },
} as const;

/** How many words each command takes, and which options. */
export const COMMANDS: Readonly<
  Record<string, { readonly words: readonly [number, number]; readonly options: readonly string[] }>
> = {
  amend: { words: [0, 1], options: ["note", "file", "yes", "decline", "reason", "json"] },
  plan: { words: [0, 1], options: ["output", "check", "ask", ...GOAL_OPTION_NAMES] },
  run: {
    words: [0, 1],
    options: [
      "goal",
      "accept",
      "amend",
      "concurrency",
      "merge",
      "yes",
      "allow-setup",
      "ask",
      "json",
      ...GOAL_OPTION_NAMES,
    ],
  },
  review: { words: [2, 2], options: ["json"] },
  accept: { words: [1, 2], options: ["json", "reason", ...ACCEPT_OPTION_NAMES] },
  undo: { words: [2, 2], options: ["json"] },
  models: { words: [0, 0], options: ["json"] },
  doctor: { words: [0, 0], options: ["json"] },
  resume: { words: [0, 1], options: ["accept", "yes", "allow-setup", "ask", "json", "take-over"] },
  ...STEER_ALLOWED,
  status: { words: [0, 1], options: ["json", "follow"] },
  origin: { words: [1, 1], options: ["json"] },
  report: { words: [0, 1], options: ["output", "pull-request"] },
  resolve: { words: [2, 2], options: ["note", "by-hand", "done", "accept", "allow-setup", "ask", "yes", "json"] },
  reject: { words: [2, 2], options: ["reason", "json"] },
  demo: {
    words: [0, 0],
    options: ["workspace", "accept", "amend", "concurrency", "merge", "yes", "allow-setup", "ask", "json"],
  },
};

/** Parses `argv` (without node and script). Throws a {@link UsageError}. */
export function parseCommandLine(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  const [name, ...words] = positionals;
  if (name === undefined || name === "help") return { name: "help", of: words[0] };
  if (values.help === true) return { name: "help", of: name };
  const allowed = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (allowed === undefined) throw new UsageError(`unknown command "${name}".`);
  const [least, most] = allowed.words;
  if (words.length < least || words.length > most)
    throw new UsageError(
      `\`braid ${name}\` takes ${least === most ? least : `${least} to ${most}`} words, not ${words.length}.`,
    );
  for (const option of Object.keys(values))
    if (!allowed.options.includes(option)) throw new UsageError(`\`braid ${name}\` has no option --${option}.`);
  const [first, second = ""] = words;
  const json = values.json ?? false;
  const flags = () => ({
    accept: acceptPolicy(values.accept),
    concurrency: concurrency(values.concurrency),
    yes: values.yes ?? false,
    ...(values["allow-setup"] === true ? { allowSetup: true } : {}),
    ask: askPolicy(values.ask),
    json,
    amend: amendmentPolicy(values.amend),
    ...(values.merge === undefined ? {} : { merge: mergeKind(values.merge) }),
  });
  const fail = (problem: string): never => {
    throw new UsageError(problem);
  };
  const forGoal = () => goalFlags(values, fail);
  if (isSteerName(name)) return steerCommand(name, words, values, fail);
  switch (name) {
    case "plan": {
      const { pattern } = forGoal();
      if (values.check !== undefined && pattern !== undefined)
        throw new UsageError("--pattern is for a goal, not for --check.");
      // A review says itself what it is of.
      if (pattern?.name !== "review" && (first === undefined) === (values.check === undefined))
        throw new UsageError("`braid plan` takes a goal or --check FILE.");
      return {
        name,
        goal: first,
        output: values.output,
        check: values.check,
        ask: askPolicy(values.ask),
        ...forGoal(),
      };
    }
    case "run": {
      const { pattern } = forGoal();
      if (pattern !== undefined && first !== undefined)
        throw new UsageError("--pattern is for a goal (--goal), not for a plan file.");
      if (pattern?.name !== "review" && (first === undefined) === (values.goal === undefined))
        throw new UsageError("`braid run` takes a plan file or --goal, one of them.");
      return { name, file: first, goal: values.goal, ...flags(), ...forGoal() };
    }
    case "models":
    case "doctor":
      return { name, json };
    case "amend": {
      const { note, file, decline = false, reason = "", yes = false } = values;
      if ([note, file, decline ? "" : undefined].filter((value) => value !== undefined).length > 1)
        throw new UsageError("`braid amend` takes one of --note, --file and --decline.");
      if (decline && yes) throw new UsageError("`braid amend` takes --yes or --decline, one of them.");
      if (reason !== "" && !decline) throw new UsageError("`braid amend` takes --reason with --decline only.");
      return { name, run: first, note, file, decline, reason, yes, json };
    }
    case "resume":
      return { name, run: first, takeOver: values["take-over"] ?? false, ...flags() };
    case "status":
      return { name, run: first, json, follow: values.follow ?? false };
    case "report":
      return {
        name,
        run: first,
        output: values.output,
        ...(values["pull-request"] === true ? { pullRequest: true as const } : {}),
      };
    case "origin":
      return { name, ...placeOf(first ?? "", fail), json };
    case "accept": {
      const asked = acceptFlags(first ?? "", words[1], values);
      if (typeof asked === "string") throw new UsageError(asked);
      return { name, ...asked };
    }
    case "resolve":
      return { name, run: first ?? "", subtask: second, note: values.note, ...byHandStep(values, fail), ...flags() };
    case "review":
    case "undo":
      return { name, run: first ?? "", subtask: second, json };
    case "reject":
      return { name, run: first ?? "", subtask: second, reason: values.reason ?? "", json };
    default:
      return { name: "demo", workspace: values.workspace, ...flags() };
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function acceptPolicy(value: string | undefined): AcceptPolicy {
  if (value === undefined) return "none";
  if (value === "all" || value === "passing" || value === "none") return value;
  throw new UsageError(`--accept takes all, passing or none, not "${value}".`);
}

function amendmentPolicy(value: string | undefined): AmendmentPolicy | undefined {
  const policy = AMENDMENT_POLICIES.find((each) => each === value);
  if (value !== undefined && policy === undefined)
    throw new UsageError(`--amend takes ask, apply or off, not "${value}".`);
  return policy;
}

function mergeKind(value: string | undefined): MergeKind | undefined {
  const kind = mergeKindOf(value);
  if (value !== undefined && kind === undefined) throw new UsageError(wrongMerge(value));
  return kind;
}

function askPolicy(value: string | undefined): AskPolicy | undefined {
  if (value === undefined || value === "wait" || value === "never") return value;
  throw new UsageError(`--ask takes wait or never, not "${value}".`);
}

function concurrency(value: string | undefined): number {
  if (value === undefined) return DEFAULT_CONCURRENCY;
  const number = Number(value);
  if (/^\d+$/u.test(value) && number >= 1 && number <= 64) return number;
  throw new UsageError(`--concurrency takes a number from 1 to 64, not "${value}".`);
}
