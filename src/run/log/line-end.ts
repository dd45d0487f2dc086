import { withPlainFile } from "../../git/plain-file";
import { hasCode } from "../../util/system-error";

/** Whether what is appended to a file begins a line: where there is none, nothing in it, or all lines in it are whole. */
export async function isAtLineStart(path: string): Promise<boolean> {
  return withPlainFile(path, async (file, { size }) => {
    if (size === 0) return true;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return bytesRead === 1 && buffer[0] === LINE_END;
  }).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return true;
    throw error;
  });
}

const LINE_END = 10;
