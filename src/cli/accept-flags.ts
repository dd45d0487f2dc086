import { MERGE_KINDS, mergeKindOf, type MergeKind } from "../core/review/merge-kind";

/** What of which result is to go in. */
export interface AcceptFlags extends HookFlags {
  readonly run: string;
  /** Absent with `allPassing`. */
  readonly subtask: string | undefined;
  readonly allPassing: boolean;
  readonly only: readonly string[];
  readonly except: readonly string[];
  /** Executable configuration that is let in beside what `only` names. */
  readonly includeConfig: readonly string[];
  readonly withDependencies: boolean;
  readonly message: string | undefined;
  /** Absent: as the run has it. */
  readonly merge?: MergeKind;
  readonly reason: string;
  readonly json: boolean;
}

/** What is said of the user's commit hooks and signing. */
export interface HookFlags {
  /** Leave them out. */
  readonly noHooks?: true;
  /** Let hooks run that nobody has allowed yet, unless the result changes them. */
  readonly allowHooks?: true;
}

/** The options about hooks, for every command that may commit for the user. */
export const HOOK_OPTIONS = { "allow-hooks": { type: "boolean" }, "no-hooks": { type: "boolean" } } as const;

export const HOOK_OPTION_NAMES: readonly string[] = Object.keys(HOOK_OPTIONS);

/** What was said of hooks. `fail` throws where both was. */
export function hookFlags(
  values: { readonly "allow-hooks"?: boolean | undefined; readonly "no-hooks"?: boolean | undefined },
  fail: (problem: string) => never,
): HookFlags {
  const [noHooks, allowHooks] = [values["no-hooks"] === true, values["allow-hooks"] === true];
  if (noHooks && allowHooks) return fail("--allow-hooks and --no-hooks exclude each other.");
  return { ...(noHooks ? { noHooks } : {}), ...(allowHooks ? { allowHooks } : {}) };
}

/** Whether the user's hooks and signing have their say. */
export function customsOf({ noHooks }: HookFlags): "on" | "off" {
  return noHooks === true ? "off" : "on";
}

/** The options of `braid accept` alone. */
export const ACCEPT_OPTIONS = {
  "all-passing": { type: "boolean" },
  except: { type: "string", multiple: true },
  "include-config": { type: "string", multiple: true },
  merge: { type: "string" },
  message: { type: "string", short: "m" },
  only: { type: "string", multiple: true },
  "with-dependencies": { type: "boolean" },
  ...HOOK_OPTIONS,
} as const;

export const ACCEPT_OPTION_NAMES: readonly string[] = Object.keys(ACCEPT_OPTIONS);

/** The values of the options as they were given. */
interface Values {
  readonly "all-passing"?: boolean | undefined;
  readonly except?: readonly string[] | undefined;
  readonly "include-config"?: readonly string[] | undefined;
  readonly merge?: string | undefined;
  readonly message?: string | undefined;
  readonly "allow-hooks"?: boolean | undefined;
  readonly "no-hooks"?: boolean | undefined;
  readonly only?: readonly string[] | undefined;
  readonly "with-dependencies"?: boolean | undefined;
  readonly reason?: string | undefined;
  readonly json?: boolean | undefined;
}

/** What was asked for, or what does not go together. */
export function acceptFlags(
  run: string,
  subtask: string | undefined,
  values: Values,
  fail: (problem: string) => never,
): AcceptFlags | string {
  const allPassing = values["all-passing"] ?? false;
  if (allPassing === (subtask !== undefined))
    return "`braid accept` takes a run and a subtask, or a run and --all-passing.";
  const single = ["only", "except", "include-config", "with-dependencies", "message", "reason"] as const;
  const wrong = allPassing ? single.find((option) => values[option] !== undefined) : undefined;
  if (wrong !== undefined) return `--${wrong} is about one subtask; --all-passing takes whole results.`;
  const merge = mergeKindOf(values.merge);
  if (values.merge !== undefined && merge === undefined) return wrongMerge(values.merge);
  return {
    run,
    subtask,
    allPassing,
    only: values.only ?? [],
    except: values.except ?? [],
    includeConfig: values["include-config"] ?? [],
    withDependencies: values["with-dependencies"] ?? false,
    message: values.message,
    ...(merge === undefined ? {} : { merge }),
    ...hookFlags(values, fail),
    reason: values.reason ?? "",
    json: values.json ?? false,
  };
}

/** What to say of a word that is no merge kind. */
export function wrongMerge(word: string): string {
  return `--merge takes ${MERGE_KINDS.slice(0, -1).join(", ")} or ${MERGE_KINDS.at(-1) ?? ""}, not "${word}".`;
}
