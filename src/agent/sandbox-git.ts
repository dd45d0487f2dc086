import { lstat, mkdir, readFile, realpath, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { BraidError, failure } from "../core/failure";
import { gitBinary } from "../git/git";
import { eachRecord } from "./process";

/**
 * Bubblewrap arguments that show a worktree's git metadata read-only: enough for `status`, `diff` and `log`, without
 * remotes, credentials, hooks, other worktrees and Braid's own records. Throws a BraidError where the worktree's
 * `.git` does not lead to `gitDir`.
 */
export async function gitMounts(options: {
  readonly worktree: string;
  readonly gitDir: string | undefined;
  readonly tempDir: string;
}): Promise<readonly string[]> {
  const dotGit = join(options.worktree, ".git");
  const found = await findGit(options);
  if (found === "none") return [];
  if (found === "unknown") return ["--ro-bind", dotGit, dotGit];
  const { link, common } = found;

  const folder = join(options.tempDir, "git");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const config = await plainConfig(join(common, "config"), join(folder, "config"));
  const items = [...SHOWN, ...(link === undefined ? ["index"] : [])].map((name) => join(common, name));
  return [
    ["--tmpfs", common],
    items.flatMap((path) => ["--ro-bind-try", path, path]),
    ["--ro-bind", config, join(common, "config")],
    link === undefined ? [] : await worktreeMounts(link, folder),
    ["--remount-ro", common],
    // Where .git is a file it would otherwise be the worker's to rewrite.
    link === undefined ? [] : ["--ro-bind", dotGit, dotGit],
  ].flat();
}

/**
 * What of a worktree's git metadata a command has to read where nothing can be shown in its place: as in {@link gitMounts}, but
 * the configuration as it is, unless it holds credentials; then git does not work inside. Throws like it.
 */
export async function gitReadable(options: {
  readonly worktree: string;
  readonly gitDir: string | undefined;
}): Promise<readonly string[]> {
  const found = await findGit(options);
  if (typeof found === "string" || found.link === undefined) return [];
  const shown = [...SHOWN.map((name) => join(found.common, name)), found.link];
  const config = join(found.common, "config");
  return (await readSettings(config)).some(isSecret) ? shown : [...shown, config];
}

/** Where a worktree's git metadata is; "unknown" where nobody says which repository it is of. */
async function findGit(options: {
  readonly worktree: string;
  readonly gitDir: string | undefined;
}): Promise<"none" | "unknown" | { readonly link: string | undefined; readonly common: string }> {
  const dotGit = join(options.worktree, ".git");
  const stats = await lstat(dotGit).catch(() => undefined);
  if (stats === undefined) return "none";
  if (options.gitDir === undefined) return "unknown";
  const link = stats.isFile() ? await readGitFile(dotGit) : undefined;
  const common = link === undefined ? dotGit : dirname(dirname(link));
  const real = await realpath(common).catch(() => undefined);
  if (stats.isSymbolicLink() || real === undefined || real !== (await realpath(options.gitDir)))
    throw new BraidError(failure("sandbox.failed", "The worktree's .git does not lead to its repository."));
  return { link, common };
}

/** Whether a setting is, or leads to, something that lets somebody in. */
function isSecret({ key, value }: Setting): boolean {
  return (
    /:\/\/[^/@\s]+@/u.test(`${key} ${value}`) || /extraheader|password|passwd|token|secret|^credential\./iu.test(key)
  );
}

const SHOWN = ["HEAD", "objects", "refs", "reftable", "packed-refs", "info", "shallow"];
/** How files are laid out and compared; nothing that names a program, a place or a person. */
const KEPT_SETTINGS =
  /^(?:core\.(?:repositoryformatversion|bare|filemode|ignorecase|symlinks|precomposeunicode|autocrlf|eol|safecrlf|sparsecheckout|sparsecheckoutcone)|extensions\.[a-z]+)$/u;

async function worktreeMounts(link: string, folder: string): Promise<readonly string[]> {
  const own = join(link, "config.worktree");
  const hasOwn = await lstat(own).then(
    () => true,
    () => false,
  );
  if (!hasOwn) return ["--ro-bind", link, link];
  return ["--ro-bind", link, link, "--ro-bind", await plainConfig(own, join(folder, "config.worktree")), own];
}

/** The folder a `.git` file names, as `<common>/worktrees/<name>`. */
async function readGitFile(dotGit: string): Promise<string> {
  const text = await readFile(dotGit, "utf8");
  const path = /^gitdir: ([^\n\r\0]+)\r?\n?$/u.exec(text)?.[1];
  const link = path === undefined ? undefined : resolve(dirname(dotGit), path);
  if (link === undefined || !/\/worktrees\/[^/]+$/u.test(link))
    throw new BraidError(failure("sandbox.failed", "The worktree's .git file is not one git would write."));
  return link;
}

/** Copies the settings that are safe to show. */
async function plainConfig(from: string, to: string): Promise<string> {
  const settings = (await readSettings(from)).flatMap(({ key, value }) => {
    const [section = "", name = ""] = key.split(".");
    return KEPT_SETTINGS.test(key) ? [`[${section}]\n\t${name} = ${JSON.stringify(value)}\n`] : [];
  });
  await writeFile(to, settings.join(""), { mode: 0o644 });
  return to;
}

interface Setting {
  readonly key: string;
  readonly value: string;
}

const known = new Map<string, { readonly stamp: string; readonly settings: Promise<readonly Setting[]> }>();
/** Who wrote a file so shortly ago may write it again without its times telling, in milliseconds. */
const YOUNG_MS = 100;

/** A file's settings; those of one that is as it was are known from before. */
async function readSettings(file: string): Promise<readonly Setting[]> {
  const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = await stat(file, { bigint: true });
  const stamp = `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  const before = known.get(file);
  if (before?.stamp === stamp) return before.settings;
  known.delete(file);
  const settings = parseSettings(file);
  if (Number(ctimeMs) < Date.now() - YOUNG_MS) known.set(file, { stamp, settings });
  settings.catch(() => known.delete(file));
  return settings;
}

/** Git parses the file; read alone, none of it runs. */
async function parseSettings(file: string): Promise<readonly Setting[]> {
  const settings: Setting[] = [];
  const result = await eachRecord(
    gitBinary(),
    ["config", "--file", file, "--no-includes", "--null", "--list"],
    {
      cwd: "/",
      env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: "/nonexistent", GIT_CONFIG_NOSYSTEM: "1" },
      separator: "\0",
      timeoutMs: 10_000,
      signal: new AbortController().signal,
    },
    (record) => {
      const [key = "", value = "true"] = record.split("\n");
      settings.push({ key, value });
      return true;
    },
  );
  if (result.exitCode !== 0)
    throw new BraidError(
      failure("sandbox.failed", "The repository's git config could not be read.", { detail: result.stderr }),
    );
  return settings;
}
