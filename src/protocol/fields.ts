import * as z from "zod/mini";

/** Fields of messages from a page, and how much of them a message may have. */
export const SubtaskId = z.string().check(z.minLength(1), z.maxLength(64));
export const Commit = z
  .string()
  .check(z.regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/u, "a commit is 40 or 64 hexadecimal digits"));
/** As long as any path git can hold. */
export const Path = z.string().check(z.minLength(1), z.maxLength(4096));
/** No run has more subtasks. */
export const MAX_SUBTASKS = 10_000;
/** The longest reason or note a user can send. */
export const MAX_REASON_CHARS = 10_000;
