import * as z from "zod";

/** Fields of messages from a page, and how much of them a message may have. */
export const SubtaskId = z.string().min(1).max(64);
export const Commit = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/u, "a commit is 40 or 64 hexadecimal digits");
/** As long as any path git can hold. */
export const Path = z.string().min(1).max(4096);
/** No run has more subtasks. */
export const MAX_SUBTASKS = 10_000;
