import { lstat, readdir, readlink, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, normalize } from "node:path";
import { SANDBOX_USER } from "./sandbox-user";

/** Bubblewrap arguments for the system's programs, read-only, with fresh /proc and /dev. */
export async function systemMounts(): Promise<readonly string[]> {
  const top = await Promise.all(SYSTEM.map(mirror));
  const etc = (await readdir("/etc").catch(() => [])).filter((name) => ETC.has(name) || /^(?:java|python)/u.test(name));
  return [
    ...top.flat(),
    ...etc.flatMap((name) => ["--ro-bind-try", `/etc/${name}`, `/etc/${name}`]),
    ...ETC_DEEP.flatMap((path) => ["--ro-bind-try", path, path]),
    // As nobody with power over root's files a command could write some of /proc that changes the host. bwrap
    // covers the worst itself; read-only covers the rest.
    "--proc",
    "/proc",
    ...(SANDBOX_USER.mapped ? ["--remount-ro", "/proc"] : []),
    "--dev",
    "/dev",
  ];
}

/**
 * PATH as the sandbox has it, and the folders it has to see for that under home (nvm, pyenv, cargo …), home itself left out.
 * Folders inside or around one of `hidden` are dropped.
 */
export async function toolFolders(
  hidden: readonly string[],
): Promise<{ readonly path: readonly string[]; readonly folders: readonly string[] }> {
  const home = await realpath(homedir()).catch(() => homedir());
  const path: string[] = [];
  const needed = new Set<string>();
  for (const given of new Set((process.env["PATH"] ?? "").split(delimiter))) {
    if (!isAbsolute(given)) continue;
    const folder = normalize(given).replace(/(.)\/$/u, "$1");
    const real = await realpath(folder).catch(() => undefined);
    if (real === undefined) continue;
    const system = [folder, real].every((at) => SYSTEM.some((root) => isWithin(at, root)));
    if (!system) {
      if ([folder, real].some((at) => hidden.some((other) => isWithin(at, other) || isWithin(other, at)))) continue;
      if (isWithin(home, real) || isWithin(home, folder)) continue;
      for (const each of neededBy(real, home)) needed.add(each);
      // The way PATH spells it may lead through links.
      if (real !== folder) needed.add(folder);
    }
    path.push(folder);
  }
  for (const folder of DEFAULT_PATH) if (!path.includes(folder)) path.push(folder);
  return { path, folders: [...needed].toSorted() };
}

/** Read-only roots of the host. */
const SYSTEM = [
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/opt",
  "/nix/store",
  "/run/current-system",
];
const DEFAULT_PATH = ["/usr/local/bin", "/usr/bin", "/bin"];

/** What programs need of /etc to start; no users, no network, no credentials. */
const ETC = new Set(
  [
    "alternatives ca-certificates ca-certificates.conf fonts ld.so.cache ld.so.conf ld.so.conf.d localtime timezone",
    "locale.alias mime.types os-release debian_version lsb-release protocols services maven perl magic static",
  ].flatMap((line) => line.split(" ")),
);
/** Certificates, not the private keys that lie beside them. */
const ETC_DEEP = ["/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/pki/tls/certs", "/etc/pki/ca-trust/extracted"];

/** Tools that live under home, and what of them their programs read. The rest of home stays away. */
const HOME_TOOLS: readonly { readonly root: string; readonly also: readonly string[] }[] = [
  ".nvm/versions .pyenv .rbenv .nodenv .asdf .volta .sdkman/candidates .bun .deno/bin",
  ".local/share/mise .local/share/fnm .local/share/pnpm .local/state/fnm_multishells",
].flatMap((line) => line.split(" ").map((root) => ({ root, also: [] })));
const CARGO = { root: ".cargo/bin", also: [".rustup/toolchains", ".rustup/settings.toml"] } as const;

function neededBy(folder: string, home: string): readonly string[] {
  for (const { root, also } of [...HOME_TOOLS, CARGO])
    if (isWithin(folder, join(home, root))) return [root, ...also].map((path) => join(home, path));
  // Elsewhere a `bin` often links into the `lib` beside it, as npm's does.
  const parent = dirname(folder);
  const lib = folder.endsWith("/bin") && parent !== home && !parent.endsWith("/.local") ? [join(parent, "lib")] : [];
  return [folder, ...lib];
}

/** A folder read-only, or the link that it is on a merged system. */
async function mirror(path: string): Promise<readonly string[]> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return [];
  return stats.isSymbolicLink() ? ["--symlink", await readlink(path), path] : ["--ro-bind", path, path];
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}
