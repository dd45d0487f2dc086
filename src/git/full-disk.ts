import { statfs } from "node:fs/promises";
import { BraidError, failure, toFailure } from "../core/failure";

/** A disk with less room than this is full for whoever checks out files, in bytes. */
const FULL_BYTES = 1024 ** 2;

/** Runs what has git write files at `dir`; where it fails for want of room, `disk.full` is thrown: git may say that it cannot write and no more. */
export async function tellingFullDisk<T>(dir: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const { code, message, detail } = toFailure(error);
    if (code !== "git.failed" || !/unable to (?:write|create)|write error/iu.test(`${message}\n${detail ?? ""}`))
      throw error;
    const room = await statfs(dir).catch(() => undefined);
    if (room === undefined || room.bavail * room.bsize >= FULL_BYTES) throw error;
    throw new BraidError(
      failure("disk.full", "The disk is full; git could not write.", {
        hint: "Free some space, then try again.",
        detail: detail ?? message,
      }),
      { cause: error },
    );
  }
}
