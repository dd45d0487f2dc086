import { manifestsOf } from "../command-policy";
import { scriptsOf } from "./executable-config";

/** A file that has a say in a commit: a hook, what lies beside hooks, or what a hook names. */
export interface HookFile {
  /** As people are shown it: from the top of the work tree where it is in there, else absolute. */
  readonly path: string;
  /** Of what it holds, and of whether it can be executed. */
  readonly hash: string;
  /** Null where it is no text, or more of it than anybody reads. */
  readonly text: string | null;
  readonly bytes: number;
  /** What goes in changes it. */
  readonly changed: boolean;
}

/** Git's hooks that no commit runs. */
const OTHER_HOOKS: ReadonlySet<string> = new Set(
  [
    "applypatch-msg pre-applypatch post-applypatch pre-merge-commit pre-rebase post-rewrite post-checkout post-merge",
    "pre-push pre-receive update proc-receive post-receive post-update push-to-checkout pre-auto-gc",
    "sendemail-validate fsmonitor-watchman p4-changelist p4-prepare-changelist p4-post-changelist p4-pre-submit",
  ].flatMap((line) => line.split(" ")),
);

/** Whether a file of a folder of hooks may run with a commit: a hook of its own, or what one calls. */
export function mayRunWithCommit(name: string): boolean {
  return !name.endsWith(".sample") && !OTHER_HOOKS.has(name.replace(/\.exe$/iu, ""));
}

/** Text longer than this is shown by its hash, in characters. */
export const MAX_SHOWN_CHARS = 64_000;
/** Names that are looked for in one file. */
const MAX_NAMES = 500;
/** Tools whose hooks do what a file of the repository says. */
const TOOL_FILES: Readonly<Record<string, readonly string[]>> = {
  "lint-staged": ["package.json", ".lintstagedrc", ".lintstagedrc.json", ".lintstagedrc.js", "lint-staged.config.js"],
  "pre-commit": [".pre-commit-config.yaml"],
  lefthook: ["lefthook.yml", "lefthook.yaml", ".lefthook.yml", "lefthook.toml", "lefthook-local.yml"],
  husky: [".huskyrc", ".huskyrc.json", "package.json"],
};

/**
 * Paths a hook's text may mean, from the top of the work tree, where hooks run: each word that could be one, and what the
 * programs it names read to know what to do. Most are no files at all.
 */
export function pathsNamedIn(text: string): readonly string[] {
  const words = text.replace(/\\\r?\n/gu, "").split(/[\s"'`;|&()<>=,$:{}[\]]+/u);
  const paths = words.map((word) => word.replace(/^(?:\.?\/)+/u, "")).filter(couldBePath);
  const programs = words.map((word) => word.slice(word.lastIndexOf("/") + 1));
  const manifests = programs.flatMap((name) => [
    ...manifestsOf(name),
    ...(Object.hasOwn(TOOL_FILES, name) ? (TOOL_FILES[name] ?? []) : []),
  ]);
  return [...new Set([...paths, ...manifests])].slice(0, MAX_NAMES);
}

/** What of a file a hook reads decides what it does; of a package manifest what runs something, and not its versions. */
export function decidingPart(path: string, text: string): string {
  return /(?:^|\/)package\.json$/u.test(path) ? scriptsOf(text) : text;
}

/** Whether what a file names has its say too: a manifest names half the repository. */
export function leadsOn(path: string): boolean {
  return !/\.(?:json|ya?ml|toml)$/u.test(path);
}

/** A hook's file as it is put before a user: its name, and all of it. */
export function hookText({ path, text, bytes, hash }: HookFile): string {
  return `${path}:\n${text?.trimEnd() ?? `(${bytes} bytes that are not shown, hash ${hash})`}`;
}

function couldBePath(word: string): boolean {
  const parts = word.split("/");
  return (
    word.length <= 400 && !word.startsWith("-") && !parts.some((part) => part === "" || part === "." || part === "..")
  );
}
