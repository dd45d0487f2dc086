import type { Stats } from "node:fs";
import { constants, open, type FileHandle } from "node:fs/promises";
import { BraidError, failure } from "../core/failure";

/** The most of a file of ours that is read, in bytes. */
const MAX_BYTES = 1024 ** 3;

/**
 * A file of ours, as bytes. A git directory can come with an archive: a link in the place of one leads elsewhere, a pipe is never
 * read to its end and takes the whole process with it, and neither is read. Throws the file system's errors, and `disk.denied`
 * for what is no plain file or larger than `most`.
 */
export function readPlainFile(path: string, most = MAX_BYTES): Promise<Buffer> {
  return withPlainFile(path, async (file, { size }) => {
    if (size > most) throw unfit(path, `is larger than ${most} bytes`);
    return file.readFile();
  });
}

/** The same as text; "" where there is none, or none that can be read. */
export async function readPlainText(path: string, most?: number): Promise<string> {
  return readPlainFile(path, most).then(
    (bytes) => bytes.toString("utf8"),
    () => "",
  );
}

/** Opens a file of ours for reading, as {@link readPlainFile} does. Throws as it does. */
export async function withPlainFile<T>(path: string, read: (file: FileHandle, stats: Stats) => Promise<T>): Promise<T> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      // So say Linux and macOS of a link, FreeBSD of one too, and all of a socket.
      if (error.code === "ELOOP" || error.code === "EMLINK" || error.code === "ENXIO") throw notAFile(path, error);
      throw error;
    },
  );
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw notAFile(path);
    return await read(file, stats);
  } finally {
    await file.close();
  }
}

function notAFile(path: string, cause?: unknown): BraidError {
  return unfit(path, "is no plain file", cause);
}

function unfit(path: string, what: string, cause?: unknown): BraidError {
  return new BraidError(
    failure("disk.denied", `${path} ${what}, so Braid does not read it.`, { hint: "Look at it, then move it away." }),
    { cause },
  );
}
