import { commentOf } from "./comment-words";
import type { SteeringCommand } from "../run/steering/inbox-command";

/** Commands that steer a run from anywhere. */
export type SteerCommand = {
  readonly name: "steer";
  /** Undefined for the latest. */
  readonly run: string | undefined;
  readonly command: SteeringCommand;
  readonly json: boolean;
};

/** How many words each takes, and which options. */
export const STEER_ALLOWED = {
  answer: { words: [2, 3], options: ["json"] },
  allow: { words: [2, 2], options: ["for", "json"] },
  deny: { words: [2, 2], options: ["json"] },
  message: { words: [3, 3], options: ["json"] },
  stop: { words: [2, 2], options: ["json"] },
  retry: { words: [2, 2], options: ["note", "agent", "model", "without", "turn-down", "reason", "json"] },
  "request-changes": { words: [2, 2], options: ["note", "comment", "turn-down", "json"] },
  pause: { words: [0, 1], options: ["json"] },
  cancel: { words: [0, 1], options: ["json"] },
} as const satisfies Readonly<
  Record<string, { readonly words: readonly [number, number]; readonly options: readonly string[] }>
>;

/** The command that these words are. `fail` throws for words that are none. */
export function steerCommand(
  name: keyof typeof STEER_ALLOWED,
  words: readonly string[],
  flags: {
    readonly note?: string | undefined;
    readonly comment?: string[] | undefined;
    readonly agent?: string | undefined;
    readonly model?: string | undefined;
    readonly without?: string[] | undefined;
    readonly "turn-down"?: string[] | undefined;
    readonly reason?: string | undefined;
    readonly for?: string | undefined;
    readonly json?: boolean | undefined;
  },
  fail: (problem: string) => never,
): SteerCommand {
  const [run, first = "", second] = words;
  const of = (command: SteeringCommand): SteerCommand => ({ name: "steer", run, command, json: flags.json ?? false });
  switch (name) {
    case "answer":
      if (second === undefined) return of({ type: "answer", answer: first });
      if (!/^[1-9]\d{0,6}$/u.test(first)) return fail(`QUESTION is a number, not "${first}".`);
      return of({ type: "answer", question: Number(first), answer: second });
    case "allow":
      return of({ type: "allow", key: first, answer: extentOf(flags.for, fail) });
    case "deny":
      return of({ type: "allow", key: first, answer: "deny" });
    case "message":
      return of({ type: "message", subtask: first, text: second ?? "" });
    case "stop":
      return of({ type: "stop", subtask: first });
    case "retry": {
      const { note, agent, model, without, reason, "turn-down": turnDown } = flags;
      return of({
        type: "retry",
        subtask: first,
        ...(note === undefined ? {} : { note }),
        ...(agent === undefined ? {} : { agent }),
        ...(model === undefined ? {} : { model }),
        ...(without === undefined ? {} : { without }),
        ...(turnDown === undefined ? {} : { turnDown }),
        ...(reason === undefined ? {} : { reason }),
      });
    }
    case "request-changes":
      return of({
        type: "request-changes",
        subtask: first,
        note: flags.note ?? "",
        comments: (flags.comment ?? []).map((word) => commentOf(word, fail)),
        turnDown: flags["turn-down"] ?? [],
      });
    case "pause":
    case "cancel":
      return of({ type: name });
  }
}

function extentOf(word: string | undefined, fail: (problem: string) => never): "once" | "run" | "repository" {
  if (word === undefined) return "once";
  if (word === "once" || word === "run" || word === "repository") return word;
  return fail(`--for takes once, run or repository, not "${word}".`);
}

/** Whether a word names one of them. */
export function isSteerName(name: string): name is keyof typeof STEER_ALLOWED {
  return Object.hasOwn(STEER_ALLOWED, name);
}
