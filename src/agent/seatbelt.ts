import { mkdir, realpath, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { failure } from "../core/failure";
import { runInGroup } from "./process-group";
import type { SandboxOptions } from "./sandbox";
import { gitReadable } from "./sandbox-git";
import { toolFolders } from "./sandbox-mounts";
import { startOf } from "./sandbox-start";
import { seatbeltArguments, type SeatbeltFacts } from "./seatbelt-profile";
import { refuseUnrunnable, type Shell } from "./shell";

/**
 * Opens a shell in macOS's own sandbox. What bubblewrap shows in another's place cannot be had there, so a command has its
 * own temporary folder by TMPDIR alone, and git works only where the repository's configuration holds no credentials. Processes
 * end as a group: one that makes a session of its own outlives the command, inside the same walls.
 */
export async function openSeatbelt(options: SandboxOptions, binary: string): Promise<Shell> {
  const worktree = await realpath(options.worktree);
  await mkdir(join(options.tempDir, "tmp", "home"), { recursive: true, mode: 0o700 });
  const temp = await realpath(join(options.tempDir, "tmp"));
  const config = join(temp, "..", "gitconfig");
  await writeFile(config, "[safe]\n\tdirectory = *\n[user]\n\tname = Braid\n\temail = braid@localhost\n", {
    mode: 0o644,
  });
  const hidden = [worktree, temp, ...(options.gitDir === undefined ? [] : [options.gitDir])];
  const tools = await toolFolders(hidden);
  const facts: SeatbeltFacts = {
    worktree,
    temp,
    home: await realpath(homedir()).catch(() => homedir()),
    dotGit: join(worktree, ".git"),
    readable: [
      ...(await realPaths(tools.folders)),
      ...(await realPaths(await gitReadable({ worktree, gitDir: options.gitDir }))),
      await realpath(config),
    ],
  };
  const args = seatbeltArguments(facts);
  const env = {
    PATH: tools.path.join(delimiter),
    HOME: join(temp, "home"),
    TMPDIR: temp,
    USER: "braid",
    LANG: "en_US.UTF-8",
    TERM: "dumb",
    CI: "1",
    NO_COLOR: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: config,
    ...options.env,
  };
  return {
    async run(command, how) {
      const unrunnable = refuseUnrunnable(command);
      if (unrunnable !== undefined) return unrunnable;
      const cwd = await startOf(worktree, options.cwd);
      const outcome = await runInGroup(binary, [...args, ...shellArguments(command)], { cwd, env }, how);
      const { error, ...exited } = outcome;
      if (error === undefined) return exited;
      return {
        kind: "refused",
        failure: failure("sandbox.failed", "The sandbox could not start this command.", { detail: error }),
      };
    },
  };
}

/** Runs `true` in the sandbox, with a folder for everything that nobody can write. */
export function probeSeatbelt(binary: string, how: Parameters<Shell["run"]>[1]) {
  const empty = "/private/var/empty";
  const facts: SeatbeltFacts = { worktree: empty, temp: empty, home: empty, dotGit: `${empty}/.git`, readable: [] };
  const args = [...seatbeltArguments(facts), "/usr/bin/true"];
  return runInGroup(binary, args, { cwd: "/", env: {} }, how);
}

/** No core files, 2 GiB in a file; a quarter of the user's processes stay the user's. Runs `$1`. */
const PREAMBLE = [
  "ulimit -c 0; ulimit -f 4194304",
  'most=$(ulimit -u 2>/dev/null); case "$most" in "" | *[!0-9]*) ;; *) ulimit -u $((most * 3 / 4)) ;; esac',
  'if [ -x /bin/bash ]; then exec /bin/bash -c "$1"; fi',
  'exec /bin/sh -c "$1"',
].join("\n");

function shellArguments(command: string): readonly string[] {
  return ["/bin/sh", "-c", PREAMBLE, "sh", command];
}

/** The kernel knows no other spelling; what is not there needs no rule. */
async function realPaths(paths: readonly string[]): Promise<readonly string[]> {
  const real = await Promise.all(paths.map((path) => realpath(path).catch(() => undefined)));
  return [...new Set(real.filter((path) => path !== undefined))];
}
