import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { gitBinary } from "../../src/git/git";

/** A `git` that writes down how it was called and goes on to the real one. */
export interface GitRecorder {
  /** A PATH on which it comes first. */
  readonly path: string;
  /** The calls so far, each as its arguments. */
  calls(): readonly (readonly string[])[];
}

/** Puts one into `folder`. */
export function recordGit(folder: string): GitRecorder {
  const [bin, log] = [join(folder, "recorder"), join(folder, "calls")];
  mkdirSync(bin, { recursive: true });
  // One line a call: the arguments joined by unit separators, written at once so that parallel calls do not mix.
  const lines = [
    "#!/bin/sh",
    `line=$(printf '%s\\037' "$@" | tr '\\n' ' ')`,
    `printf '%s\\n' "$line" >> '${log}'`,
    `exec '${gitBinary()}' "$@"`,
  ];
  writeFileSync(join(bin, "git"), `${lines.join("\n")}\n`);
  chmodSync(join(bin, "git"), 0o755);
  return {
    path: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
    calls: () =>
      existsSync(log)
        ? readFileSync(log, "utf8")
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => line.split("\u001f").slice(0, -1))
        : [],
  };
}

/** What a call asks git to do: its verb and options, without settings, places, ids and paths. */
export function verbOf(call: readonly string[]): string {
  const words = [...call];
  for (;;) {
    const [word = ""] = words;
    if (word === "-c" || word === "-C") words.splice(0, 2);
    else if (word.startsWith("-")) words.shift();
    else break;
  }
  const [verb = "", ...rest] = words;
  const options = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : rest.length);
  const plain = options.filter((word) => word.startsWith("-")).map((word) => word.replace(/=.*$/u, "="));
  return [verb, ...(verb === "worktree" ? rest.slice(0, 1) : []), ...new Set(plain)].join(" ");
}
