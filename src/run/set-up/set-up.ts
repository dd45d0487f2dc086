import { lstat } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import type { SetupStep } from "../../core/setup";
import { onlyIgnored } from "../../git/ignored";
import { canShareBlocks, copyFolder, copyOne, makeWay, type CopyOutcome } from "./copy-tree";
import type { FreshPlace } from "../attempt/work-place";
import type { RunPorts } from "../ports";
import { roomFor } from "./room";
import { lastChange, type DependencyFolder, type SetupPlan } from "./setup-plan";

/** Questions to git at the same time. */
const limit = pLimit(4);
/** Names of files that are told one by one; the rest is counted. */
const TOLD_FILES = 5;

/**
 * Gives a checked-out worktree what its project needs beside the tracked files, from the user's work tree. Nothing is
 * overwritten, no link is followed, and what cannot be had is a step that says why. Rejects only when `signal` aborts.
 */
export async function setUpWorktree(
  ports: RunPorts,
  plan: SetupPlan,
  { worktree, files }: Pick<FreshPlace, "worktree"> & Partial<Pick<FreshPlace, "files">>,
  signal: AbortSignal,
): Promise<readonly SetupStep[]> {
  const { dir } = worktree;
  // What only an uncommitted .gitignore hides would land whole in the result.
  const asked = [...plan.include, ...plan.folders.map(({ path }) => `${path}/`)];
  if (asked.length === 0) return [];
  // What is tracked on the way has to be seen: it may be a link.
  await files?.bring(asked.flatMap(pathsTo));
  const ignoredAmong = (paths: readonly string[]) => files?.ignored(paths) ?? onlyIgnored(worktree, paths);
  const hidden = await hiddenIn(ignoredAmong, asked);
  const steps = asked.flatMap((path) => (hidden.has(path) ? [] : [notIgnored(path)]));
  const include = plan.include.filter((path) => hidden.has(path));
  if (include.length > 0) steps.push(...(await copyIncluded(ports, include, dir, signal)));
  for (const folder of plan.folders)
    if (hidden.has(`${folder.path}/`)) steps.push(await timed(() => copyDependencies(ports, folder, dir, signal)));
  return steps;
}

/** Git answers nothing at all where one path lies behind a link; that one is not copied anyway, and the copy says why. */
async function hiddenIn(
  ignoredAmong: (paths: readonly string[]) => Promise<Iterable<string>>,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  try {
    return new Set(await ignoredAmong(paths));
  } catch {
    const one = async (path: string) => [...(await ignoredAmong([path]).catch(() => [path]))];
    return new Set((await Promise.all(paths.map((path) => limit(() => one(path))))).flat());
  }
}

/** A path and the folders on the way to it. */
function pathsTo(path: string): readonly string[] {
  const parts = path.replace(/\/$/u, "").split("/");
  return parts.map((_, depth) => parts.slice(0, depth + 1).join("/"));
}

function notIgnored(path: string): SetupStep {
  const kind = path.endsWith("/") ? "folder" : "files";
  const reason = "is not ignored in the commit the worktree starts from; commit .gitignore first";
  return { kind, name: path.replace(/\/$/u, ""), outcome: "skipped", reason, durationMs: 0 };
}

async function copyIncluded(
  ports: RunPorts,
  paths: readonly string[],
  dir: string,
  signal: AbortSignal,
): Promise<readonly SetupStep[]> {
  const started = performance.now();
  const copied: string[] = [];
  const skipped: SetupStep[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    const outcome = await copyPath(ports.repo.dir, path, dir, signal);
    if (outcome.ok) copied.push(path);
    else skipped.push({ kind: "files", name: path, outcome: "skipped", reason: outcome.reason, durationMs: 0 });
  }
  const rest = copied.length > TOLD_FILES ? ` and ${copied.length - TOLD_FILES} more` : "";
  const name = `${copied.slice(0, TOLD_FILES).join(", ")}${rest}`;
  const durationMs = performance.now() - started;
  return [...(copied.length === 0 ? [] : [{ kind: "files", name, outcome: "done", durationMs } as const]), ...skipped];
}

async function copyPath(root: string, path: string, dir: string, signal: AbortSignal): Promise<CopyOutcome> {
  const plain = path.replace(/\/$/u, "");
  const way = await makeWay(dir, plain);
  if (!way.ok) return way;
  if (plain === path) return copyOne(root, path, join(dir, path));
  return copyFolder(join(root, plain), join(dir, plain), signal);
}

async function copyDependencies(
  ports: RunPorts,
  { path, changedMs }: DependencyFolder,
  dir: string,
  signal: AbortSignal,
): Promise<Omit<SetupStep, "durationMs">> {
  const step = { kind: "folder", name: path } as const;
  const from = join(ports.repo.dir, path);
  const skipped = (reason: string) => ({ ...step, outcome: "skipped", reason }) as const;
  if (!((await lstat(from).catch(() => undefined))?.isDirectory() ?? false)) return skipped("is gone");
  const way = await makeWay(dir, path);
  if (!way.ok) return skipped(way.reason);
  const room = (await canShareBlocks(from, dir)) ? undefined : await roomFor(from, dir, signal);
  if (room !== undefined && !room.ok) return skipped(room.reason);
  const outcome = await copyFolder(from, join(dir, path), signal);
  if (!outcome.ok) return { ...step, outcome: "failed", reason: outcome.reason };
  const changed = (await lastChange(from)) !== changedMs;
  return { ...step, outcome: "done", ...(changed ? { reason: "has changed since the run began" } : {}) };
}

/** A step, timed. */
export async function timed(action: () => Promise<Omit<SetupStep, "durationMs">>): Promise<SetupStep> {
  const started = performance.now();
  return { ...(await action()), durationMs: performance.now() - started };
}
