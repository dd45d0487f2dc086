import { posix } from "node:path";

/** What a command on macOS may reach. Absolute paths, all links resolved: the kernel judges a file by its real path. */
export interface SeatbeltFacts {
  /** The only folders that can be written. */
  readonly worktree: string;
  readonly temp: string;
  /** The user's home, which is out of sight but for the rest of this list. */
  readonly home: string;
  /** The worktree's `.git`, a file or a folder, that stays as it is. */
  readonly dotGit: string;
  /** Folders and files elsewhere that can be read: programs under home, and what git inside needs of its folder. */
  readonly readable: readonly string[];
}

/**
 * Arguments of `sandbox-exec` that shut a command in: nothing is allowed but what is named, no network, no home, no keychain,
 * no other process. Pure. Paths are handed over beside the profile, never written into it: no name of a folder can end a
 * string and begin a rule.
 */
export function seatbeltArguments(facts: SeatbeltFacts): readonly string[] {
  const names = new Map<string, string>();
  const param = (path: string): string => {
    if (!posix.isAbsolute(path) || path.includes("\0"))
      throw new Error(`Not an absolute path: ${JSON.stringify(path)}`);
    const name = names.get(path) ?? `P${names.size}`;
    names.set(path, name);
    return `(param "${name}")`;
  };
  const subpaths = (paths: readonly string[]) => paths.map((path) => `(subpath ${param(path)})`);
  const own = [facts.worktree, facts.temp];
  const seen = [...own, ...facts.readable];
  const profile = [
    "(version 1)",
    "(deny default)",
    rule("allow", "process-exec process-fork"),
    rule("allow", "signal process-info*", ["(target same-sandbox)"]),
    rule("allow", "sysctl-read ipc-posix-sem ipc-posix-shm"),
    rule(
      "allow",
      "mach-lookup",
      MACH_SERVICES.map((name) => `(global-name "${name}")`),
    ),
    // Programs and libraries lie in many places; the later rule counts, so what is nobody's business is taken away again.
    rule("allow", "file-read*"),
    rule("deny", "file-read*", subpaths([facts.home, ...HIDDEN])),
    rule(
      "allow",
      "file-read-metadata",
      waysTo(seen).map((path) => `(literal ${param(path)})`),
    ),
    rule("allow", "file-read*", subpaths(seen)),
    rule("allow", "file-write*", subpaths(own)),
    rule(
      "allow",
      "file-read* file-write* file-ioctl",
      DEVICES.map((path) => `(literal "${path}")`),
    ),
    rule("deny", "file-write*", subpaths([facts.dotGit])),
    rule("deny", "network*"),
  ].join("\n");
  return ["-p", profile, ...[...names].flatMap(([path, name]) => ["-D", `${name}=${path}`])];
}

/** What programs ask to find users, log and locate their own temporary folder. Nothing that starts or opens something else. */
const MACH_SERVICES = [
  "com.apple.system.opendirectoryd.libinfo",
  "com.apple.system.opendirectoryd.membership",
  "com.apple.system.logger",
  "com.apple.system.notification_center",
  "com.apple.logd",
];
/** Other people's files, other disks, other programs' temporary files, keys. The second name of a firmlink is hidden too. */
const HIDDEN = [
  "/Users",
  "/System/Volumes/Data/Users",
  "/Volumes",
  "/Network",
  "/private/tmp",
  "/private/var/tmp",
  "/private/var/folders",
  "/private/var/root",
  "/private/var/run",
  "/private/etc/ssh",
  "/private/etc/master.passwd",
  "/Library/Keychains",
  "/Library/Application Support",
];
const DEVICES = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/dtracehelper"];

function rule(what: "allow" | "deny", operations: string, filters: readonly string[] = []): string {
  return [`(${what} ${operations}`, ...filters].join("\n  ") + ")";
}

/** The folders that lead to paths: a program that asks where it is walks up. */
function waysTo(paths: readonly string[]): readonly string[] {
  const ways = new Set<string>();
  for (const path of paths)
    for (let at = posix.dirname(path); at !== "/" && !ways.has(at); at = posix.dirname(at)) ways.add(at);
  return ["/", ...ways];
}
