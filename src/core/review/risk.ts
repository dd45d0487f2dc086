import { executableChangesOf } from "./decide-accept";
import type { FileDiff } from "./diff";
import type { ChangedFile } from "../state/events";
import { leftOutBefore } from "./left-out";
import { filesOverlap } from "../gate/overlap";
import { restsOnRejected } from "./rests-on-rejected";
import { oncePer } from "../../util/once-per";
import { deceptiveFiles, secretsIn } from "./suspicious";
import type { Risk } from "./risk-order";
import { setupTrouble } from "../setup";
import type { RunState } from "../state/state";
import type { SubtaskState } from "../state/subtask-state";

/** From how many changed lines on a result is large, and files. More than an hour's reading at 400 lines an hour. */
export const LARGE_LINES = 400;
export const LARGE_FILES = 30;

/**
 * What is risky in a subtask's result, the gravest first. With `files`, its diff, secrets, hidden characters, tests that
 * were weakened and hunks that were turned down before are seen as well.
 */
export function risksOf(state: RunState, subtask: SubtaskState, files: readonly FileDiff[] = []): readonly Risk[] {
  const { result } = subtask;
  if (result === null) return [];
  const risks: (Risk | undefined)[] = [
    ...executableRisks(subtask),
    ...secretRisks(files),
    hiddenRisk(files),
    deletedTests(result.files),
    weakenedTests(files),
    checkRisk(subtask),
    findingRisk(subtask),
    setupRisk(subtask),
    scopeRisk(subtask, result.files),
    againRisk(subtask, files),
    rejectedRisk(state, subtask),
    sizeRisk(result.files),
  ];
  return risks.filter((risk) => risk !== undefined);
}

/** Whether a path lies in what the plan lets a subtask change. */
export function isInScope(path: string, scope: readonly string[]): boolean {
  return (
    scope.length === 0 ||
    scope.some((entry) => filesOverlap(entry, path) || path.startsWith(`${entry.replace(/\/+$/u, "")}/`))
  );
}

/** Whether a path looks like a test, as the usual runners name them. */
export function isTestPath(path: string): boolean {
  return (
    /(?:^|\/)(?:__tests__|tests?|spec|e2e)\//iu.test(path) ||
    /(?:^|\/)test_[^/]*\.\w+$|[._-](?:test|tests|spec)\.\w+$|Tests?\.\w+$/u.test(path)
  );
}

/** The most of a result nobody has read through, in bytes, that may go in without a look. */
const MAX_UNREAD_BYTES = 16 * 1024 ** 2;

/**
 * Why nobody should take a result without a look, in words that follow its name: what looks like a secret or deceives the eye, and
 * more of it than was looked through. Undefined for all others.
 */
export function suspicionOf(files: readonly FileDiff[]): string | undefined {
  const risks = [...secretRisks(files), hiddenRisk(files)].flatMap((each) => each?.message ?? []);
  const unread = files.reduce((sum, { bytes }) => sum + (bytes?.result ?? 0), 0);
  const unknown = files.some((file) => file.binary && file.bytes === undefined && file.status !== "deleted");
  if (unknown || unread > MAX_UNREAD_BYTES) risks.push("Is too large to be looked through for secrets.");
  if (risks.length === 0) return undefined;
  return `it ${risks.map((message) => message.replace(/^\w/u, (letter) => letter.toLowerCase())).join(" It ")}`;
}

function executableRisks(subtask: SubtaskState): readonly Risk[] {
  return executableChangesOf(subtask).map(({ path, reason }) => ({
    kind: "executable",
    message: `Changes ${path}: ${reason}.`,
    paths: [path],
  }));
}

/** All lines of a diff are read for these, which takes a while where it is large. */
const secretRisks = oncePer((files: readonly FileDiff[]): readonly (Risk | undefined)[] => {
  const found = secretsIn(files);
  const kinds = [...new Set(found.map(({ looksLike }) => looksLike))];
  return kinds.map((kind) =>
    risk(
      "secret",
      found.filter(({ looksLike }) => looksLike === kind).map(({ path }) => path),
      (names) => `Holds what looks like ${kind}: ${names}.`,
    ),
  );
});

const hiddenRisk = oncePer((files: readonly FileDiff[]): Risk | undefined => {
  return risk(
    "hidden",
    deceptiveFiles(files),
    (names) => `Adds characters that cannot be seen or look like others: ${names}.`,
  );
});

function deletedTests(files: readonly ChangedFile[]): Risk | undefined {
  const gone = files.filter(
    ({ path, from, status }) =>
      (status === "deleted" && isTestPath(path)) ||
      (status === "renamed" && from !== undefined && isTestPath(from) && !isTestPath(path)),
  );
  return risk(
    "tests",
    gone.map((file) => file.from ?? file.path),
    (names) => `Deletes tests: ${names}.`,
  );
}

const SKIPS =
  /\b(?:it|test|describe|context|suite)\.(?:skip|only|todo|fixme)\b|\bx(?:it|describe|test)\(|@(?:Ignore|Disabled|pytest\.mark\.skip)|\bt\.Skip\(|#\[ignore\]/u;
const ASSERTIONS = /\b(?:assert\w*|expect|should|require)\b/iu;

/** Tests that are skipped now, or hold fewer assertions than before. */
const weakenedTests = oncePer((files: readonly FileDiff[]): Risk | undefined => {
  const weakened = files.filter((file) => {
    if (file.status === "deleted" || !isTestPath(file.path)) return false;
    const lines = file.hunks.flatMap((hunk) => hunk.lines);
    const count = (kind: "added" | "deleted", what: RegExp) =>
      lines.filter((line) => line.kind === kind && what.test(line.text)).length;
    return count("added", SKIPS) > count("deleted", SKIPS) || count("deleted", ASSERTIONS) > count("added", ASSERTIONS);
  });
  return risk(
    "tests",
    weakened.map((file) => file.path),
    (names) => `Skips tests or drops assertions: ${names}.`,
  );
});

function checkRisk({ subtask, checks, status, failure }: SubtaskState): Risk | undefined {
  const red = checks.filter((check) => !check.passed).map((check) => `"${check.command}"`);
  if (red.length > 0) return { kind: "checks", message: `Fails ${red.join(", ")}.`, paths: [] };
  if (status === "failed" || status === "cancelled")
    return { kind: "checks", message: `Did not finish: ${failure?.message ?? "cancelled"}`, paths: [] };
  const missing = subtask.verify.filter((command) => !checks.some((check) => check.command === command));
  if (missing.length > 0)
    return { kind: "checks", message: `Was not checked by ${missing.map((c) => `\`${c}\``).join(", ")}.`, paths: [] };
  // A plan without a check expected none: that is said beside the result, and is no reason to look at it first.
  return undefined;
}

function findingRisk({ reviews }: SubtaskState): Risk | undefined {
  const open = (reviews.at(-1)?.findings ?? []).filter((finding) => finding.severity !== "info");
  return open.length === 0
    ? undefined
    : {
        kind: "findings",
        message: `Its review left ${open.length === 1 ? "a finding" : `${open.length} findings`} open.`,
        paths: [...new Set(open.map((finding) => finding.file))],
      };
}

function setupRisk({ setup }: SubtaskState): Risk | undefined {
  const trouble = setupTrouble(setup);
  return trouble === undefined ? undefined : { kind: "setup", message: trouble, paths: [] };
}

function scopeRisk({ subtask }: SubtaskState, files: readonly ChangedFile[]): Risk | undefined {
  const outside = files.filter(
    ({ path, from }) => !isInScope(path, subtask.files) || (from !== undefined && !isInScope(from, subtask.files)),
  );
  return risk(
    "scope",
    outside.map((file) => file.path),
    (names) => `Changes what the plan did not give it: ${names}.`,
  );
}

function againRisk({ leftOut }: SubtaskState, files: readonly FileDiff[]): Risk | undefined {
  const again = files.filter((file) => leftOutBefore(file, leftOut).length > 0);
  return risk(
    "again",
    again.map((file) => file.path),
    (names) => `Brings back what was turned down: ${names}.`,
  );
}

function rejectedRisk(state: RunState, { subtask: { id } }: SubtaskState): Risk | undefined {
  const rejected = restsOnRejected(state, id);
  return rejected.length === 0
    ? undefined
    : { kind: "rejected", message: `Was built on ${rejected.join(", ")}, which was rejected.`, paths: [] };
}

function sizeRisk(files: readonly ChangedFile[]): Risk | undefined {
  const lines = files.reduce((sum, { added = 0, deleted = 0 }) => sum + added + deleted, 0);
  if (lines <= LARGE_LINES && files.length <= LARGE_FILES) return undefined;
  const where = files.length === 1 ? "1 file" : `${files.length} files`;
  return { kind: "size", message: `Is large: ${lines} lines in ${where}.`, paths: [] };
}

function risk(kind: Risk["kind"], paths: readonly string[], say: (names: string) => string): Risk | undefined {
  if (paths.length === 0) return undefined;
  const names = paths.length <= 3 ? paths.join(", ") : `${paths.slice(0, 3).join(", ")} and ${paths.length - 3} more`;
  return { kind, message: say(names), paths };
}
