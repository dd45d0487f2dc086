/**
 * Why a path holds configuration that something executes later, in words; undefined for all others. Judged alike on
 * every system: spellings that some file system takes for the same name count as that name. The list is that of the
 * attacks known on agents and editors. `package.json` is judged by its content, see {@link scriptChange}.
 */
export function executableReason(path: string): string | undefined {
  const parts = path.split(/[/\\]/u).map(plainName);
  const name = parts.at(-1) ?? "";
  const inFolder = parts.slice(0, -1).find((part) => FOLDERS.has(part));
  if (inFolder !== undefined) return FOLDERS.get(inFolder);
  const nested = NESTED.find(([folder]) => parts.join("/").includes(`${folder}/`));
  if (nested !== undefined) return nested[1];
  return NAMES.get(name) ?? PATTERNS.find(([pattern]) => pattern.test(name))?.[1];
}

/** Whether the path is a package manifest, whose scripts package managers run. */
export function isPackageManifest(path: string): boolean {
  return plainName(path.split(/[/\\]/u).at(-1) ?? "") === "package.json";
}

/**
 * What in a package manifest runs something and differs between two texts, in words; undefined where nothing does. A
 * text nobody can read as JSON counts as changed.
 */
export function scriptChange(before: string | undefined, after: string): string | undefined {
  const [old, now] = [before === undefined ? {} : readObject(before), readObject(after)];
  if (now === undefined || old === undefined) return "it cannot be read, and package managers run its scripts";
  const changed = RUN_KEYS.filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]));
  return changed.length === 0 ? undefined : `package managers run what its ${changed.join(", ")} say`;
}

/** What in a package manifest runs something, as one text; all of a text nobody can read as JSON. */
export function scriptsOf(text: string): string {
  const manifest = readObject(text);
  if (manifest === undefined) return text;
  const parts = RUN_KEYS.filter((key) => manifest[key] !== undefined).map((key) => [key, manifest[key]] as const);
  return JSON.stringify(Object.fromEntries(parts), undefined, 2);
}

/**
 * Whether a JSON text names a schema somewhere on the network that the one before did not, in words: editors fetch it as
 * soon as the file is open, and what the file holds can be in the address.
 */
export function schemaChange(before: string | undefined, after: string): string | undefined {
  const known = new Set(remoteSchemas(before ?? ""));
  const added = remoteSchemas(after).find((url) => !known.has(url));
  return added === undefined ? undefined : `editors fetch the schema it names, ${added.slice(0, 200)}`;
}

/** Whether the path is a text that editors read as JSON. */
export function isJson(path: string): boolean {
  return /\.(?:json|jsonc|json5|webmanifest)$/u.test(plainName(path.split(/[/\\]/u).at(-1) ?? ""));
}

function remoteSchemas(text: string): readonly string[] {
  const found = text.matchAll(/"\$(?:schema|ref)"\s*:\s*"((?:[a-z][a-z0-9+.-]*:)?\/\/[^"]*)"/giu);
  return Array.from(found, ([, url = ""]) => url);
}

/** Keys of a package manifest that lead to something being run. */
const RUN_KEYS = [
  "scripts",
  "bin",
  "gypfile",
  "husky",
  "lint-staged",
  "simple-git-hooks",
  "pre-commit",
  "packageManager",
];

const FOLDERS: ReadonlyMap<string, string> = new Map([
  [".vscode", "VS Code runs what it says"],
  [".devcontainer", "the container is built from it"],
  [".husky", "git runs it as a hook"],
  [".githooks", "git runs it as a hook"],
  [".claude", "agents and their hooks obey it"],
  [".cursor", "agents obey it"],
  [".circleci", "continuous integration runs it"],
  [".idea", "the editor runs what it says"],
  [".cargo", "cargo runs what it says"],
  [".mvn", "Maven runs what it says"],
  [".yarn", "yarn runs it"],
  [".gemini", "agents obey it"],
  [".codex", "agents obey it"],
  [".windsurf", "agents obey it"],
  [".roo", "agents obey it"],
  [".zed", "the editor runs what it says"],
  ...[".agents", ".clinerules", ".continue", ".junie", ".kiro", ".opencode"].map(
    (folder) => [folder, "agents obey it"] as const,
  ),
]);

/** Folders of which the one around them holds other things, too. */
const NESTED: readonly (readonly [string, string])[] = [
  ...[".github/workflows", ".github/actions"].map((folder) => [folder, "continuous integration runs it"] as const),
  // Braid's own workers among them: roles are read there (agent/agent-file.ts).
  ...["agents", "instructions", "prompts", "chatmodes", "skills", "hooks"].map(
    (name) => [`.github/${name}`, "agents obey it"] as const,
  ),
];

const NAMES: ReadonlyMap<string, string> = new Map([
  ...[".mcp.json", "mcp.json", ".claude.json"].map((name) => [name, "agents start the servers it names"] as const),
  ...[
    "agents.md",
    "agents.override.md",
    "claude.md",
    "claude.local.md",
    "gemini.md",
    ".cursorrules",
    ".windsurfrules",
    ".clinerules",
    ".goosehints",
    "copilot-instructions.md",
  ].map((name) => [name, "agents obey it"] as const),
  ...[".worktreeinclude", ".worktreelink"].map(
    (name) => [name, "ignored files it names, secrets too, are given to workers"] as const,
  ),
  ...[
    "lefthook.yml",
    "lefthook.yaml",
    ".lefthook.yml",
    "lefthook-local.yml",
    "lefthook.toml",
    ".pre-commit-config.yaml",
    ".huskyrc",
    ".lintstagedrc",
  ].map((name) => [name, "it runs before commits"] as const),
  ...[".npmrc", ".yarnrc", ".yarnrc.yml", ".pnpmfile.cjs", "pnpmfile.js", ".bunfig.toml", "pip.conf"].map(
    (name) => [name, "the package manager obeys it"] as const,
  ),
  ...[".envrc", ".tool-versions", "mise.toml", ".mise.toml", ".bashrc", ".profile", ".zshrc"].map(
    (name) => [name, "the shell runs it"] as const,
  ),
  ...["makefile", "gnumakefile", "justfile", "rakefile", "build.rs", "setup.py", "conftest.py", "noxfile.py"].map(
    (name) => [name, "build and test runs execute it"] as const,
  ),
  ...[".gitattributes", ".gitmodules", ".gitconfig", ".lfsconfig"].map((name) => [name, "git obeys it"] as const),
  ...[".gitlab-ci.yml", ".travis.yml", "azure-pipelines.yml", "jenkinsfile", "dockerfile"].map(
    (name) => [name, "continuous integration runs it"] as const,
  ),
]);

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^\.devcontainer\.json$/u, "the container is built from it"],
  [/^binding\.gyp$/u, "package managers build from it when they install"],
  [/^conductor\.json$/u, "set-up commands of worktrees come from it"],
  [/\.code-workspace$/u, "VS Code runs what it says"],
  [/^(?:docker-)?compose\.ya?ml$/u, "containers are started from it"],
  [/^sitecustomize\.py$|\.pth$/u, "Python runs it at every start"],
];

/** Code points that HFS+ ignores when it compares names. */
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/gu;

/** A name as the most forgiving file system reads it: case, compatibility forms, streams, trailing dots and blanks. */
function plainName(name: string): string {
  return name
    .normalize("NFKC")
    .replace(IGNORED_BY_HFS, "")
    .toLowerCase()
    .replace(/:.*$/u, "")
    .replace(/[. ]+$/u, "");
}

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/u, ""));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
