import { parseAge } from "../core/age-text";
import type { CleanWish } from "../core/clean/choose-runs";
import { parseSize } from "../core/size-text";

/** Commands that look after runs and the machine, and let no agent work. */
export type UpkeepCommand =
  | { readonly name: "doctor"; readonly json: boolean }
  | {
      readonly name: "clean";
      readonly wish: CleanWish;
      /** Archives as well, for good. */
      readonly archives: boolean;
      readonly yes: boolean;
      readonly json: boolean;
    }
  /** Without a run: which archives there are. */
  | { readonly name: "restore"; readonly run: string | undefined; readonly json: boolean }
  | { readonly name: "history"; readonly json: boolean }
  | {
      readonly name: "show";
      readonly run: string | undefined;
      /** All of it, its plan, or what was said by one agent. */
      readonly what: "run" | "plan" | { readonly transcript: string };
    }
  | {
      readonly name: "approvals";
      /** Keys of words to take back. */
      readonly forget: readonly string[] | "all";
      readonly json: boolean;
    };

/** How many words each takes, and which options. */
export const UPKEEP_ALLOWED = {
  doctor: { words: [0, 0], options: ["json"] },
  clean: { words: [0, 1_000], options: ["older-than", "keep", "size", "archives", "yes", "json"] },
  restore: { words: [0, 1], options: ["json"] },
  history: { words: [0, 0], options: ["json"] },
  show: { words: [0, 1], options: ["plan", "transcript"] },
  approvals: { words: [0, 0], options: ["forget", "forget-all", "json"] },
} as const satisfies Readonly<
  Record<string, { readonly words: readonly [number, number]; readonly options: readonly string[] }>
>;

/** The options only these take, as `parseArgs` takes them. */
export const UPKEEP_OPTIONS = {
  "older-than": { type: "string" },
  keep: { type: "string" },
  size: { type: "string" },
  archives: { type: "boolean" },
  plan: { type: "boolean" },
  transcript: { type: "string" },
} as const;

/** Whether a word names one of them. */
export function isUpkeepName(name: string): name is keyof typeof UPKEEP_ALLOWED {
  return Object.hasOwn(UPKEEP_ALLOWED, name);
}

interface Flags {
  readonly json?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly archives?: boolean | undefined;
  readonly "older-than"?: string | undefined;
  readonly keep?: string | undefined;
  readonly size?: string | undefined;
  readonly plan?: boolean | undefined;
  readonly transcript?: string | undefined;
  readonly forget?: readonly string[] | undefined;
  readonly "forget-all"?: boolean | undefined;
}

/** The command that these words are. `fail` throws for words that are none. */
export function upkeepCommand(
  name: keyof typeof UPKEEP_ALLOWED,
  words: readonly string[],
  flags: Flags,
  fail: (problem: string) => never,
): UpkeepCommand {
  const { json = false, yes = false, archives = false } = flags;
  switch (name) {
    case "doctor":
    case "history":
      return { name, json };
    case "show": {
      const { plan = false, transcript } = flags;
      if (plan && transcript !== undefined) fail("`braid show` takes --plan or --transcript, one of them.");
      return { name, run: words[0], what: plan ? "plan" : transcript === undefined ? "run" : { transcript } };
    }
    case "restore":
      return { name, run: words[0], json };
    case "clean":
      return { name, wish: wishOf(words, flags, fail), archives, yes, json };
    case "approvals":
      return { name, forget: flags["forget-all"] === true ? "all" : (flags.forget ?? []), json };
  }
}

function wishOf(words: readonly string[], flags: Flags, fail: (problem: string) => never): CleanWish {
  const { "older-than": olderThan, keep, size } = flags;
  const olderThanMs = olderThan === undefined ? undefined : parseAge(olderThan);
  if (olderThan !== undefined && olderThanMs === undefined)
    fail(`--older-than takes an age like 14d, 12h or 2w, not "${olderThan}".`);
  if (keep !== undefined && !/^\d{1,6}$/u.test(keep)) fail(`--keep takes a number of runs, not "${keep}".`);
  const maxBytes = size === undefined ? undefined : parseSize(size);
  if (size !== undefined && maxBytes === undefined) fail(`--size takes a size like 500MB or 2GB, not "${size}".`);
  if (words.length > 0 && (olderThan ?? keep ?? size) !== undefined)
    fail("`braid clean` takes runs by name, or options that choose them.");
  return {
    ...(olderThanMs === undefined ? {} : { olderThanMs }),
    ...(keep === undefined ? {} : { keep: Number(keep) }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(words.length === 0 ? {} : { runs: words }),
  };
}
