import { parseArgs } from "node:util";
import { acceptFlags, hookFlags } from "./accept-flags";
import { budgetFlag } from "./budget-flag";
import type { Command } from "./command";
import { goalFlags } from "./goal-flags";
import { COMMANDS, OPTIONS } from "./options";
import { byHandStep, placeOf } from "./resolve-flags";
import { askPolicy, runFlags } from "./run-flags";
import { isSteerName, steerCommand } from "./steer-arguments";
import { isUpkeepName, upkeepCommand } from "./upkeep-arguments";
import { UsageError } from "./usage-error";

/** Parses `argv` (without node and script). Throws a {@link UsageError}. */
export function parseCommandLine(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  const [name, ...words] = positionals;
  if (values.version === true) return { name: "version" };
  if (name === undefined || name === "help") return helpOf(words[0]);
  const allowed = allowedOf(name);
  if (values.help === true) return { name: "help", of: name };
  const [least, most] = allowed.words;
  if (words.length < least || words.length > most)
    throw new UsageError(
      `\`braid ${name}\` takes ${least === most ? least : `${least} to ${most}`} ${least === 1 && most === 1 ? "word" : "words"}, not ${words.length}.`,
    );
  for (const option of Object.keys(values))
    if (!allowed.options.includes(option)) throw new UsageError(`\`braid ${name}\` has no option --${option}.`);
  const [first, second = ""] = words;
  const json = values.json ?? false;
  const flags = () => runFlags(values);
  const fail = (problem: string): never => {
    throw new UsageError(problem);
  };
  const forGoal = () => goalFlags(values, fail);
  if (isSteerName(name)) return steerCommand(name, words, values, fail);
  if (isUpkeepName(name)) return upkeepCommand(name, words, values, fail);
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
      return { name, run: first, takeOver: values["take-over"] ?? false, ...budgetFlag(values, fail), ...flags() };
    case "status":
      return { name, run: first, json, follow: values.follow ?? false };
    case "report":
      return {
        name,
        run: first,
        output: values.output,
        ...(values["pull-request"] === true ? { pullRequest: true as const } : {}),
      };
    case "transcript":
      return { name, run: first ?? "", subtask: second };
    case "trace":
      return { name, run: first, output: values.output, otlp: values.otlp };
    case "origin":
      return { name, ...placeOf(first ?? "", fail), json };
    case "accept": {
      const asked = acceptFlags(first ?? "", words[1], values, fail);
      if (typeof asked === "string") throw new UsageError(asked);
      return { name, ...asked };
    }
    case "resolve":
      return { name, run: first ?? "", subtask: second, note: values.note, ...byHandStep(values, fail), ...flags() };
    case "undo":
      return {
        name,
        run: first ?? "",
        subtask: second,
        only: values.only ?? [],
        except: values.except ?? [],
        ...hookFlags(values, fail),
        json,
      };
    case "redo":
      return { name, run: first ?? "", subtask: second, ...hookFlags(values, fail), json };
    case "review":
    case "rebase":
      return { name, run: first ?? "", subtask: second, json };
    case "reject":
      return { name, run: first ?? "", subtask: second, reason: values.reason ?? "", json };
    default:
      return { name: "demo", workspace: values.workspace, ...flags() };
  }
}

function helpOf(name: string | undefined): Command {
  if (name !== undefined && name !== "help") allowedOf(name);
  return { name: "help", of: name };
}

/** What the command of this name takes. Throws a {@link UsageError} where there is none. */
function allowedOf(name: string): (typeof COMMANDS)[string] {
  const allowed = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (allowed === undefined) throw new UsageError(`unknown command "${name}".`);
  return allowed;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    const dashed = argv.find((word) => /^-(?:-[^=\s]*|[^-=\s]*)\s/u.test(word));
    if (dashed !== undefined)
      throw new UsageError(`"${dashed}" begins with a dash: put -- before it.`, { cause: error });
    const words = error instanceof Error ? error.message : String(error);
    // Node goes on about words that begin with a dash, in quotes nobody would type.
    throw new UsageError(words.replace(/\. To specify a positional argument starting.*/su, "."), { cause: error });
  }
}
