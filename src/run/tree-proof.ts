import { valuesOf } from "../core/state/chunked";
import { createHash } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { RunEvent } from "../core/state/events";
import { toFailure } from "../core/failure";
import {
  differencesOf,
  KEPT_DIFFERENCES,
  type LandedCommit,
  type MainTree,
  type TreeDifference,
  type TreeDigests,
  type TreeEvent,
} from "../core/main-tree";
import { subtaskState, type RunState } from "../core/state/state";
import { commitDiff, seeMainTree, type SeenTree } from "../git/main-tree";
import { readPlainText } from "../git/plain-file";
import { runDir } from "./log/places";
import type { RunPorts } from "./ports";

/** What looking needs of its run. */
export interface TreeHost {
  readonly ports: RunPorts;
  state(): RunState;
  record(event: RunEvent): Promise<void>;
}

/** One look of a run, and the state it goes by where that is not the one there is. */
export type Look = (moment: TreeMoment, state?: () => RunState) => Promise<void>;

type TreeMoment = TreeEvent["moment"];

/**
 * Looks at the user's files, index and refs, names in the log what differs from the last look and whose it is, and
 * keeps what it saw for the next one. A look that fails is only logged: it proves nothing, and stops nobody. Throws
 * only when the log cannot be written.
 */
export async function compareTree(host: TreeHost, moment: TreeMoment): Promise<void> {
  const started = performance.now();
  const state = host.state();
  const path = join(runDir(host.ports.repo, state.id), "main-tree.json");
  let seen: SeenTree;
  let differences: readonly TreeDifference[];
  try {
    const before = await readSeen(path, host.ports.log);
    seen = await seeMainTree(host.ports.repo, before);
    // Who starts while it is looked for the first time touches nothing before that is done.
    differences =
      before === undefined
        ? []
        : await compare(host.ports, moment === "start" ? state : host.state(), before.tree, seen.tree);
  } catch (error) {
    host.ports.log(`${state.id}: the main tree was not compared: ${toFailure(error).message}`);
    return;
  }
  const of = (by: TreeDifference["by"]) => differences.filter((one) => one.by === by);
  await host.record({
    type: "tree.compared",
    moment,
    digests: digestsOf(seen.tree),
    differences: [...of("unknown"), ...of("you"), ...of("braid")].slice(0, KEPT_DIFFERENCES),
    counts: { braid: of("braid").length, you: of("you").length, unknown: of("unknown").length },
    durationMs: performance.now() - started,
  });
  // After the event: a crash in between has the same differences told twice, never not at all.
  await writeSeen(path, seen).catch((error: unknown) => host.ports.log(`${path}: ${toFailure(error).message}`));
}

async function compare(
  { repo }: RunPorts,
  state: RunState,
  before: MainTree,
  after: MainTree,
): Promise<readonly TreeDifference[]> {
  const landed: LandedCommit[] = [];
  for (const { what, subtask, seen, commit } of state.tree.landed)
    landed.push({ what, subtask, commit, target: state.target, diff: await commitDiff(repo, seen, commit) });
  // One that was at work at the last look and still is has no start of its own since.
  const running = valuesOf(state.subtasks)
    .filter((s) => s.status === "running")
    .map((s) => s.subtask.id);
  const workers = [...new Set([...state.tree.worked, ...running])].map((id) => {
    const s = subtaskState(state, id);
    return { subtask: id, paths: [...(s?.subtask.files ?? []), ...(s?.result?.files ?? []).map((file) => file.path)] };
  });
  const unsandboxed = state.approvals.some(
    (one) => one.about === "command" && one.answer !== null && one.answer !== "deny",
  );
  const diff = await commitDiff(repo, before.commit, after.commit);
  return differencesOf(before, after, { diff, landed, workers, unsandboxed });
}

function digestsOf({ head, commit, refs, index, files }: MainTree): TreeDigests {
  const digest = (...parts: readonly unknown[]) => createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  const sorted = (map: ReadonlyMap<string, unknown>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const ofIndex = digest(commit, sorted(index));
  return { index: ofIndex, files: digest(ofIndex, sorted(files)), refs: digest(head, sorted(refs)) };
}

const Texts = z.array(z.tuple([z.string(), z.string()]));
const Mark = z.object({ kind: z.enum(["modified", "deleted", "untracked", "ignored"]), mark: z.string() });
const Seen = z.object({
  head: z.string(),
  commit: z.string(),
  refs: Texts,
  index: Texts,
  committed: Texts,
  files: z.array(z.tuple([z.string(), Mark])),
  stats: Texts,
});

/** Undefined before the first look; what cannot be read is as good as none, and said. */
async function readSeen(path: string, log: (line: string) => void): Promise<SeenTree | undefined> {
  const text = await readPlainText(path);
  if (text === "") return undefined;
  try {
    const { head, commit, refs, index, committed, files, stats } = Seen.parse(JSON.parse(text));
    const tree = {
      head,
      commit,
      refs: new Map(refs),
      index: new Map(index),
      files: new Map(files),
      committed: new Map(committed),
    };
    return { tree, stats: new Map(stats) };
  } catch (error) {
    log(`${path} cannot be read, so the main tree is not compared with what it was: ${toFailure(error).message}`);
    return undefined;
  }
}

async function writeSeen(path: string, { tree, stats }: SeenTree): Promise<void> {
  const { head, commit, refs, index, files, committed } = tree;
  const kept = {
    head,
    commit,
    refs: [...refs],
    index: [...index],
    committed: [...committed],
    files: [...files],
    stats: [...stats],
  };
  await writeFile(`${path}.new`, JSON.stringify(kept), { mode: 0o600 });
  await rename(`${path}.new`, path);
}
