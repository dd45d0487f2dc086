/** Commands that look after runs and the machine, and let no agent work. */
export type UpkeepCommand =
  | { readonly name: "doctor"; readonly json: boolean }
  | {
      readonly name: "approvals";
      /** Keys of words to take back. */
      readonly forget: readonly string[] | "all";
      readonly json: boolean;
    };

/** How many words each takes, and which options. */
export const UPKEEP_ALLOWED = {
  doctor: { words: [0, 0], options: ["json"] },
  approvals: { words: [0, 0], options: ["forget", "forget-all", "json"] },
} as const satisfies Readonly<
  Record<string, { readonly words: readonly [number, number]; readonly options: readonly string[] }>
>;

/** Whether a word names one of them. */
export function isUpkeepName(name: string): name is keyof typeof UPKEEP_ALLOWED {
  return Object.hasOwn(UPKEEP_ALLOWED, name);
}

/** The command that these words are. */
export function upkeepCommand(
  name: keyof typeof UPKEEP_ALLOWED,
  flags: {
    readonly json?: boolean | undefined;
    readonly forget?: readonly string[] | undefined;
    readonly "forget-all"?: boolean | undefined;
  },
): UpkeepCommand {
  const json = flags.json ?? false;
  switch (name) {
    case "doctor":
      return { name, json };
    case "approvals":
      return { name, forget: flags["forget-all"] === true ? "all" : (flags.forget ?? []), json };
  }
}
