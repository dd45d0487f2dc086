import { mkdir, realpath, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { failure } from "../core/failure";
import { runBubblewrap } from "./bubblewrap";
import { findSandbox, type FoundSandbox } from "./sandbox-find";
import { gitMounts } from "./sandbox-git";
import { systemMounts, toolFolders } from "./sandbox-mounts";
import { openSeatbelt } from "./seatbelt";
import { startOf } from "./sandbox-start";
import { SANDBOX_USER } from "./sandbox-user";
import { refuseUnrunnable, type Shell } from "./shell";

/** What a sandbox is shut into. */
export interface SandboxOptions {
  /** The only folder of the host that can be written; seen at its own path. */
  readonly worktree: string;
  /** The repository's common git folder, shown read-only and without its secrets; without it git does not work inside. */
  readonly gitDir?: string;
  /** A private folder of this worker; its `tmp` is the sandbox's /tmp and outlives a command. */
  readonly tempDir: string;
  /** Where commands start, inside the worktree; the worktree itself where that folder is not there. */
  readonly cwd?: string;
  /** Added to the clean environment. Never secrets: the worker reads them. */
  readonly env?: Readonly<Record<string, string>>;
  /** What {@link findSandbox} said, where it was asked before. */
  readonly found?: FoundSandbox;
}

/**
 * Opens a shell that sees the worktree, the system's programs and nothing else of the host: no network, no home, no
 * secrets, no other process. Where there is no sandbox every command is refused. Output is cut to 100 kB, head and
 * tail. Throws a BraidError where the worktree is not one of `gitDir`'s.
 */
export async function openSandbox(options: SandboxOptions): Promise<Shell> {
  const found = options.found ?? (await findSandbox());
  if (!found.ok) return { run: async () => ({ kind: "refused", failure: found.failure }) };

  if (found.kind === "seatbelt") return openSeatbelt(options, found.binary);
  const worktree = await realpath(options.worktree);
  await mkdir(join(options.tempDir, "tmp", "home"), { recursive: true, mode: 0o700 });
  const tempDir = await realpath(options.tempDir);
  const etc = await writeEtc(tempDir);
  const hidden = [worktree, tempDir, ...(options.gitDir === undefined ? [] : [options.gitDir])];
  const tools = await toolFolders(hidden);
  const mounts = [
    await systemMounts(),
    etc,
    ["--bind", join(tempDir, "tmp"), "/tmp", "--bind", join(tempDir, "tmp"), "/var/tmp"],
    tools.folders.flatMap((folder) => ["--ro-bind-try", folder, folder]),
    ["--bind", worktree, worktree],
    await gitMounts({ worktree, gitDir: options.gitDir, tempDir }),
    ["--remount-ro", "/"],
  ].flat();
  const env = {
    PATH: tools.path.join(delimiter),
    HOME,
    USER: "braid",
    LANG: "C.UTF-8",
    TERM: "dumb",
    CI: "1",
    NO_COLOR: "1",
    GIT_OPTIONAL_LOCKS: "0",
    ...options.env,
  };

  return {
    async run(command, { timeoutMs, signal, onOutput }) {
      const unrunnable = refuseUnrunnable(command);
      if (unrunnable !== undefined) return unrunnable;
      const stream = onOutput === undefined ? {} : { onOutput };
      const outcome = await runBubblewrap({
        binary: found.binary,
        mounts: [...mounts, "--chdir", await startOf(worktree, options.cwd)],
        env,
        command,
        timeoutMs,
        signal,
        ...stream,
      });
      if (outcome.kind === "exited") return outcome;
      return {
        kind: "refused",
        failure: failure("sandbox.failed", "The sandbox could not start this command.", { detail: outcome.detail }),
      };
    },
  };
}

const HOME = "/tmp/home";

/** The few files of /etc that must not be the host's: they name its users, its network and its credentials. */
async function writeEtc(tempDir: string): Promise<readonly string[]> {
  const { uid, gid } = SANDBOX_USER;
  const files: Readonly<Record<string, string>> = {
    passwd: `root:x:0:0:root:/root:/bin/sh\n${uid === 0 ? "" : `braid:x:${uid}:${gid}:Braid:${HOME}:/bin/sh\n`}`,
    group: `root:x:0:\n${gid === 0 ? "" : `braid:x:${gid}:\n`}`,
    hosts: "127.0.0.1 localhost\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    // The worktree may belong to another user than the command runs as.
    gitconfig:
      "[safe]\n\tdirectory = *\n[user]\n\tname = Braid\n\temail = braid@localhost\n[init]\n\tdefaultBranch = main\n",
  };
  await mkdir(join(tempDir, "etc"), { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(files)) await writeFile(join(tempDir, "etc", name), text, { mode: 0o644 });
  return Object.keys(files).flatMap((name) => ["--ro-bind", join(tempDir, "etc", name), `/etc/${name}`]);
}
