import { isAscii } from "node:buffer";
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { isOwn } from "./compiled";

/** A file that nobody has written for so long is of a program that is gone, in milliseconds. */
const OLD_MS = 30 * 24 * 60 * 60_000;
/** The most that is read of what was compiled, in bytes. */
const MAX_BYTES = 32_000_000;
const DIGEST_BYTES = 32;
const SUFFIX = ".compiled";

const BEFORE = Buffer.from("(function (require, module, exports, __filename, __dirname) {");
const BEHIND = Buffer.from("\n})");

/**
 * Runs a program of one CommonJS file, which imports nothing as it runs, with what Node compiled of it at an earlier start, and keeps
 * that for the next one when the process ends. (Node's own cache, from 22.1 on, keeps less: functions that were compiled when they were
 * called are not in it.) It is found by the program's own bytes and the Node it was made by, and used only from a file nobody else
 * can write. `dir` is a folder of the user's own; undefined where nothing is kept. `use` tells uses of the program apart that need
 * other parts of it. Gives how it was loaded. Throws what the program throws.
 */
export function runKept(file: string, dir: string | undefined, use: string): "kept" | "compiled" | "plain" {
  const load = createRequire(file);
  if (dir === undefined) {
    load(file);
    return "plain";
  }
  const bytes = readFileSync(file);
  const name = `${use}-${process.version}-${process.arch}-${digest(bytes).toString("hex", 0, 16)}${SUFFIX}`;
  const kept = readKept(join(dir, name));
  const script = new Script(textOf(Buffer.concat([BEFORE, bytes, BEHIND])), {
    filename: file,
    ...(kept === undefined ? {} : { cachedData: kept }),
  });
  const isKept = kept !== undefined && script.cachedDataRejected !== true;
  if (!isKept) process.once("exit", () => keep(dir, name, script.createCachedData()));
  const program = { exports: {} };
  script.runInThisContext()(load, program, program.exports, file, dirname(file));
  return isKept ? "kept" : "compiled";
}

/** A megabyte of plain letters is read at once; of others each letter is looked at. */
function textOf(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? "latin1" : "utf8");
}

/** What was kept, whole and by nobody else; undefined where it is not. */
function readKept(path: string): Buffer | undefined {
  try {
    const stats = lstatSync(path);
    if (!stats.isFile() || !isOwn(stats) || stats.size > MAX_BYTES) return undefined;
    const bytes = readFileSync(path);
    const data = bytes.subarray(DIGEST_BYTES);
    // The engine believes what it is given.
    return digest(data).equals(bytes.subarray(0, DIGEST_BYTES)) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Puts it in place whole, and deletes what no program asks for any more. Never throws: the next start is as this one was. */
function keep(dir: string, name: string, data: Buffer): void {
  const draft = join(dir, `${name}.${process.pid}.new`);
  try {
    writeFileSync(draft, Buffer.concat([digest(data), data]), { flag: "wx", mode: 0o600 });
    renameSync(draft, join(dir, name));
    deleteOld(dir);
  } catch {
    // A draft that stays behind is deleted as an old one some day.
  }
}

function deleteOld(dir: string): void {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    if (name.includes(SUFFIX) && Date.now() - statSync(path).mtimeMs > OLD_MS) rmSync(path, { force: true });
  }
}

function digest(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}
