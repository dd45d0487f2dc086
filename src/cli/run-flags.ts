import { AMENDMENT_POLICIES, type AmendmentPolicy } from "../core/amendment/amendment-policy";
import { mergeKindOf, type MergeKind } from "../core/review/merge-kind";
import { STALL_LIMITS, stallMinutes, type StallMinutes } from "../core/stall";
import { hookFlags, wrongMerge, type HookFlags } from "./accept-flags";
import { UsageError } from "./usage-error";

/** What to accept when the workers are done. */
export type AcceptPolicy = "all" | "passing" | "none";

/** Who answers agents' questions, other than the terminal at hand: another one, or nobody. */
export type AskPolicy = "wait" | "never";

/** Flags of the commands that let workers work. */
export interface RunFlags extends HookFlags {
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
  /** How long agents may stand still; as by default where the command line does not say. */
  readonly stalls?: StallMinutes;
}

/** Workers at the same time unless the user says otherwise. */
export const DEFAULT_CONCURRENCY = 4;

/** The options of {@link RunFlags} as they were given. */
interface Values {
  readonly accept?: string | undefined;
  readonly concurrency?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly "allow-setup"?: boolean | undefined;
  readonly "allow-hooks"?: boolean | undefined;
  readonly "no-hooks"?: boolean | undefined;
  readonly ask?: string | undefined;
  readonly json?: boolean | undefined;
  readonly amend?: string | undefined;
  readonly merge?: string | undefined;
  readonly "tool-minutes"?: string | undefined;
  readonly "turn-minutes"?: string | undefined;
}

/** Reads the flags. Throws a {@link UsageError}. */
export function runFlags(values: Values): RunFlags {
  return {
    accept: acceptPolicy(values.accept),
    concurrency: concurrency(values.concurrency),
    yes: values.yes ?? false,
    ...(values["allow-setup"] === true ? { allowSetup: true } : {}),
    ...hookFlags(values, (problem) => {
      throw new UsageError(problem);
    }),
    ask: askPolicy(values.ask),
    json: values.json ?? false,
    amend: amendmentPolicy(values.amend),
    ...stalls(values),
    ...(values.merge === undefined ? {} : { merge: mergeKind(values.merge) }),
  };
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

/** How long agents may stand still. Throws a {@link UsageError}. */
function stalls({ "tool-minutes": tool, "turn-minutes": turn }: Values): { readonly stalls?: StallMinutes } {
  if (tool === undefined && turn === undefined) return {};
  return { stalls: { tool: minutes("--tool-minutes", tool), turn: minutes("--turn-minutes", turn) } };
}

function minutes(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const found = /^\d+(?:\.\d+)?$/u.test(value) ? stallMinutes(Number(value)) : undefined;
  if (found !== undefined) return found;
  throw new UsageError(`${option} takes minutes from ${STALL_LIMITS.least} to ${STALL_LIMITS.most}, not "${value}".`);
}

/** Who answers questions, as `--ask` says. Throws a {@link UsageError}. */
export function askPolicy(value: string | undefined): AskPolicy | undefined {
  if (value === undefined || value === "wait" || value === "never") return value;
  throw new UsageError(`--ask takes wait or never, not "${value}".`);
}

function concurrency(value: string | undefined): number {
  if (value === undefined) return DEFAULT_CONCURRENCY;
  const number = Number(value);
  if (/^\d+$/u.test(value) && number >= 1 && number <= 64) return number;
  throw new UsageError(`--concurrency takes a number from 1 to 64, not "${value}".`);
}
