import * as z from "zod";
import { Amendment } from "../../core/amendment/amendment";
import type { FailureCode } from "../../core/failure";
import { BudgetLimits } from "../../core/plan/plan";

/** Largest command file that is read, in bytes. */
export const MAX_COMMAND_BYTES = 64_000;
/** Longest note, message or answer, in characters. */
const MAX_TEXT_CHARS = 10_000;
/** Files or subtasks one command can name. */
const MAX_NAMES = 200;

const Text = z.string().max(MAX_TEXT_CHARS);
const SubtaskId = z.string().min(1).max(64);

/** What another process may ask of the one that owns a run. */
export const SteeringCommand = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("answer"), question: z.int().min(1).optional(), answer: Text }),
  /** The whole key: it stands for exactly what the sender was shown. */
  z.strictObject({
    type: z.literal("allow"),
    key: z.string().regex(/^[0-9a-f]{32}$/u, "a request's key is 32 hexadecimal digits"),
    answer: z.enum(["once", "run", "repository", "deny"]),
  }),
  z.strictObject({ type: z.literal("message"), subtask: SubtaskId, text: Text }),
  z.strictObject({
    type: z.literal("retry"),
    subtask: SubtaskId,
    note: Text.optional(),
    agent: z.string().max(64).optional(),
    model: z.string().max(200).optional(),
    without: z.array(SubtaskId).max(MAX_NAMES).optional(),
    turnDown: z.array(z.string().max(4_096)).max(MAX_NAMES).optional(),
    reason: Text.optional(),
  }),
  z.strictObject({
    type: z.literal("request-changes"),
    subtask: SubtaskId,
    note: Text,
    comments: z
      .array(
        z.strictObject({
          path: z.string().min(1).max(4_096),
          side: z.enum(["base", "result"]),
          line: z.int().min(1),
          text: Text.min(1),
        }),
      )
      .max(MAX_NAMES),
    turnDown: z.array(z.string().max(4_096)).max(MAX_NAMES),
  }),
  z.strictObject({ type: z.literal("amend"), note: Text.optional() }),
  z.strictObject({ type: z.literal("propose-amendment"), amendment: Amendment }),
  z.strictObject({ type: z.literal("approve-amendment"), number: z.int().min(1) }),
  z.strictObject({ type: z.literal("decline-amendment"), number: z.int().min(1), reason: Text }),
  z.strictObject({ type: z.literal("stop"), subtask: SubtaskId }),
  z.strictObject({ type: z.literal("pause") }),
  z.strictObject({ type: z.literal("resume"), budget: BudgetLimits.optional() }),
  z.strictObject({ type: z.literal("cancel") }),
]);
export type SteeringCommand = Readonly<z.infer<typeof SteeringCommand>>;

/** A command as it lies in the inbox. */
export const SentCommand = z.strictObject({
  version: z.literal(1),
  /** When its sender has stopped waiting, in milliseconds since the epoch; nothing is carried out later. */
  until: z.int(),
  command: SteeringCommand,
});
export type SentCommand = Readonly<z.infer<typeof SentCommand>>;

const Failure = z.strictObject({
  code: z.custom<FailureCode>((value) => typeof value === "string"),
  message: z.string(),
  hint: z.string().optional(),
  detail: z.string().optional(),
});

/** What became of a command: words for whoever sent it, or why it was refused. */
export const Reply = z.discriminatedUnion("ok", [
  z.strictObject({ ok: z.literal(true), said: z.string() }),
  z.strictObject({ ok: z.literal(false), failure: Failure }),
]);
export type Reply = Readonly<z.infer<typeof Reply>>;

/** Whether a file of the inbox is a command: its time and chance, chosen by its sender's Braid. */
export function isCommandFile(name: string): boolean {
  return /^[0-9a-z]{9}-[0-9a-f]{12}\.json$/u.test(name);
}

/** Where the reply to a command lies, beside it. */
export function replyFile(commandFile: string): string {
  return commandFile.replace(/\.json$/u, ".reply");
}
