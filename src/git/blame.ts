import { BraidError, failure } from "../core/failure";
import { git, gitText } from "./git";
import type { Repository } from "./repository";

/** Who last wrote a line. */
export interface Blamed {
  readonly commit: string;
  readonly subject: string;
  /** The path in that commit. */
  readonly path: string;
  readonly text: string;
  /** The commit's trailers of Braid's, "" where it has none. */
  readonly run: string;
  readonly subtask: string;
}

/**
 * The commit that last wrote a line, from 1; with `contents` the line is one of these, as an editor has them. Null for a line no
 * commit has yet. Throws `setting.invalid` where git knows no such file or line.
 */
export async function blameLine(
  repo: Repository,
  at: { readonly path: string; readonly line: number; readonly contents?: string },
): Promise<Blamed | null> {
  const { path, line, contents } = at;
  const args = ["blame", "--porcelain", "--no-textconv", "-L", `${line},${line}`];
  const from = contents === undefined ? [] : ["--contents", "-"];
  const output = await git(repo, [...args, ...from, "--", path], {
    expect: [0, 128],
    ...(contents === undefined ? {} : { input: contents }),
  });
  if (output.exitCode !== 0)
    throw new BraidError(
      failure("setting.invalid", `Git knows no line ${line} of ${path}.`, {
        hint: "Name a file git tracks and one of its lines: FILE:LINE.",
        detail: output.stderr.trim(),
      }),
    );
  const lines = output.stdout.toString("utf8").split("\n");
  const commit = lines[0]?.split(" ", 1)[0] ?? "";
  if (/^0*$/u.test(commit)) return null;
  const told = await gitText(repo, ["log", "-1", "--format=%s%x00%B", commit]);
  const [subject = "", body = ""] = told.split("\0");
  // The last one counts: what a report says stands before the trailers. A result's own commit has a co-author behind them.
  const trailer = (key: string) => [...body.matchAll(new RegExp(`^${key}: (.*)$`, "gmu"))].at(-1)?.[1]?.trim() ?? "";
  return {
    commit,
    subject,
    path: lines.find((each) => each.startsWith("filename "))?.slice("filename ".length) ?? path,
    text: lines.find((each) => each.startsWith("\t"))?.slice(1) ?? "",
    run: trailer("Braid-Run"),
    subtask: trailer("Braid-Subtask") || trailer("Braid-Undo"),
  };
}
