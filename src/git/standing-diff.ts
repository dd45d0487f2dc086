import { randomBytes } from "node:crypto";
import { OBJECT } from "./known";
import type { Repository } from "./repository";
import { askStanding } from "./standing";

/** How long others wait for one that compares many files before they ask a process of their own, in milliseconds. */
const PATIENCE_MS = 50;

/** When those were asked that have no answer yet; the longest first. */
const open = new Set<{ readonly since: number }>();

/**
 * What `git diff` prints of two trees by these options, asked of a process that stays for the next question. Undefined where that does
 * not say, or somebody waits for it too long already: ask a process for it alone.
 */
export async function diffStanding(
  repo: Repository,
  options: readonly string[],
  trees: readonly string[],
): Promise<Buffer | undefined> {
  const own = { since: performance.now() };
  const [oldest = own] = open;
  if (!trees.every((tree) => OBJECT.test(tree)) || own.since - oldest.since > PATIENCE_MS) return undefined;
  // What is no object's name comes back as it is: with that the answer is whole. No file has such a name, whatever it was called for.
  const end = `end ${randomBytes(16).toString("hex")}\n`;
  const question = `${trees.join(" ")}\n`;
  open.add(own);
  try {
    const answer = await askStanding(repo, ["diff-tree", "--stdin", "-r", ...options], `${question}${end}`, (bytes) =>
      bytes.subarray(-end.length).equals(Buffer.from(end))
        ? { answer: bytes.subarray(0, bytes.length - end.length), used: bytes.length }
        : undefined,
    );
    // It begins with what was asked; where a tree is not there, nothing is said here.
    const isAnswered = answer.subarray(0, question.length).equals(Buffer.from(question));
    return isAnswered ? Buffer.from(answer.subarray(question.length)) : undefined;
  } finally {
    open.delete(own);
  }
}
