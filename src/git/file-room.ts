import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";

/** Files a child process needs for its pipes, and a few for whoever else is about to open some. */
const FILES = 16;

let starting = 0;

/**
 * Makes sure that a process can be started, beside those that are about to be; the returned function says that it has been. Throws
 * EMFILE while too few files can be opened. Node tells of that by an event on a child without streams, and who reads its
 * streams first (as the library does) never hears it: it would end the whole process.
 */
export function reserveFileRoom(): () => void {
  const opened: number[] = [];
  try {
    while (opened.length < FILES * (starting + 1)) opened.push(openSync(devNull, "r"));
  } finally {
    for (const file of opened) closeSync(file);
  }
  starting += 1;
  let isDone = false;
  return () => {
    if (!isDone) starting -= 1;
    isDone = true;
  };
}

/** As {@link reserveFileRoom}, for a process that is started at once. */
export function requireFileRoom(): void {
  reserveFileRoom()();
}
