/** What becomes of a command where there is no sandbox. */
export type CommandVerdict =
  | { readonly kind: "allow" }
  | { readonly kind: "ask" }
  | { readonly kind: "deny"; readonly reason: string };

/** Longer than this nobody reads a command in full before saying yes, in characters. */
const MAX_SHOWN_COMMAND = 4_000;

/**
 * Judges a command that would run with the user's rights. A refusal wins over everything; what is not plainly harmless
 * is asked for. Nothing chained, substituted, redirected, quoted or wrapped is ever plainly harmless.
 */
export function judgeCommand(command: string): CommandVerdict {
  if (command.includes("\0")) return deny("it has a NUL");
  if (command.length > MAX_SHOWN_COMMAND)
    return deny(`it is ${command.length} characters long, and nobody reads that; write a script and run that`);
  const words = looseWords(command);
  const git = forbiddenGit(words);
  if (git !== undefined) return deny(git);
  const power = words.find((word) => POWERS.has(baseName(word)));
  if (power !== undefined) return deny(`\`${baseName(power)}\` is not for workers`);
  return isHarmless(command) ? { kind: "allow" } : { kind: "ask" };
}

/** Git verbs that reach beyond a worker's own files. */
const GIT_VERBS: ReadonlySet<string> = new Set(
  [
    "push pull fetch clone remote stash worktree update-ref symbolic-ref branch tag checkout switch reset rebase merge",
    "cherry-pick revert commit am gc prune reflog config filter-branch replace notes submodule send-email credential",
  ].flatMap((line) => line.split(" ")),
);

/** Ways to another user's rights. */
const POWERS: ReadonlySet<string> = new Set(["sudo", "su", "doas", "pkexec", "runas"]);

/** Why a command's git is not for workers; undefined where it has none of these verbs. */
export function forbiddenGitIn(command: string): string | undefined {
  return forbiddenGit(looseWords(command));
}

function forbiddenGit(words: readonly string[]): string | undefined {
  for (const [i, word] of words.entries()) {
    if (baseName(word) !== "git") continue;
    const { verb, elsewhere } = readGit(words.slice(i + 1));
    if (elsewhere) return "git -C and --git-dir are not for workers: they stay in their worktree";
    if (verb !== undefined && GIT_VERBS.has(verb))
      return `\`git ${verb}\` is not for workers: leave changes in the files, Braid commits what stands there`;
  }
  if (words.some((word) => /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|CONFIG\w*)=/u.test(word)))
    return "another git directory is not for workers";
  return undefined;
}

/** The verb behind git's own options, and whether one of these leads to another repository. */
function readGit(words: readonly string[]): { readonly verb: string | undefined; readonly elsewhere: boolean } {
  let elsewhere = false;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? "";
    if (!word.startsWith("-")) return { verb: word, elsewhere };
    elsewhere ||= /^(?:-C|--git-dir|--work-tree)/u.test(word);
    if (/^(?:-C|-c|--git-dir|--work-tree|--namespace|--exec-path|--config-env)$/u.test(word)) i += 1;
  }
  return { verb: undefined, elsewhere };
}

/** Words of a command with all quoting, grouping and joining taken away: also what is inside `bash -c "…"`. */
function looseWords(command: string): readonly string[] {
  return command
    .replace(/\\\r?\n/gu, "")
    .replace(/["'\\]/gu, "")
    .split(/[\s;|&()<>`${}]+/u)
    .filter((word) => word !== "");
}

function baseName(word: string): string {
  return word.slice(word.lastIndexOf("/") + 1);
}

/** Only words a shell takes as they are: no quotes, expansions, patterns, operators, assignments or line ends. */
const PLAIN_WORDS = /^[\w./:@%+,-]+(?: [\w./:@%+,-]+)*$/u;

/**
 * The list of what never asks, reviewed: nothing on it reads a file's content, writes, starts another program or talks
 * to anybody. No git: its settings name programs.
 */
const HARMLESS: Readonly<Record<string, RegExp>> = {
  pwd: /^$/u,
  true: /^$/u,
  false: /^$/u,
  date: /^$/u,
  whoami: /^$/u,
  uname: /^(?:-[a-z]+)?$/u,
  echo: /^[\w .,:@%+-]*$/u,
  ls: /^(?:-[1aAlhrtSF]+)?$/u,
};
const TELLS_VERSION = /^(?:node|npm|yarn|pnpm|python3?|ruby|rustc|cargo|java|gcc|make|deno|bun|php)$/u;

function isHarmless(command: string): boolean {
  if (!PLAIN_WORDS.test(command) || !/^[\x20-\x7e]*$/u.test(command)) return false;
  const [program = "", ...rest] = command.split(" ");
  if (TELLS_VERSION.test(program) && rest.length === 1) return rest[0] === "--version";
  return Object.hasOwn(HARMLESS, program) && (HARMLESS[program]?.test(rest.join(" ")) ?? false);
}

function deny(reason: string): CommandVerdict {
  return { kind: "deny", reason };
}

/** Files whose content decides what a program of this name does when nothing else names them. */
const MANIFESTS: Readonly<Record<string, readonly string[]>> = {
  npm: ["package.json"],
  npx: ["package.json"],
  yarn: ["package.json"],
  pnpm: ["package.json"],
  bun: ["package.json"],
  make: ["Makefile", "makefile", "GNUmakefile"],
  just: ["justfile"],
  cargo: ["Cargo.toml", "build.rs"],
  go: ["go.mod"],
  gradle: ["build.gradle"],
  mvn: ["pom.xml"],
  rake: ["Rakefile"],
  tox: ["tox.ini"],
  pytest: ["conftest.py", "pytest.ini", "pyproject.toml"],
};
/** Files that are looked at for one command. */
const MAX_FILES = 40;

/** Programs that run the file they are given. */
const INTERPRETERS = /^(?:sh|bash|dash|zsh|source|node|deno|bun|tsx|ts-node|python3?|ruby|perl|php|lua|Rscript|pwsh)$/u;

/**
 * Relative paths whose content an approval of this command is bound to, where they are files: what it runs, as far as
 * its words tell, and what its programs read to know what to run. Not the files it merely works on.
 */
export function filesBehind(command: string): readonly string[] {
  const words = looseWords(command);
  const run = words.filter((word, i) => i === 0 || word.startsWith("./") || followsInterpreter(words, i));
  const manifests = words.flatMap((word) => manifestsOf(baseName(word)));
  const inside = run.filter((path) => !path.startsWith("/") && !path.split("/").includes(".."));
  return [...new Set([...inside, ...manifests].map((path) => path.replace(/^\.\//u, "")))].slice(0, MAX_FILES);
}

/** Files a program of this name reads to know what to run; none for most. */
export function manifestsOf(program: string): readonly string[] {
  return Object.hasOwn(MANIFESTS, program) ? (MANIFESTS[program] ?? []) : [];
}

/** Whether this word is the first one behind an interpreter that is no option. */
function followsInterpreter(words: readonly string[], at: number): boolean {
  if (words[at]?.startsWith("-") === true) return false;
  let before = at - 1;
  while (words[before]?.startsWith("-") === true) before -= 1;
  return INTERPRETERS.test(baseName(words[before] ?? ""));
}
