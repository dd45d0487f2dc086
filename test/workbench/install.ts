import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { mustRun, run } from "./process";
import { findProgram } from "./programs";
import { ROOT } from "./root";

/** The npm package whose server build of VS Code is used, and the version of VS Code in it. */
export const CODE_SERVER = { version: "4.100.3", vscode: "1.100.3" } as const;

/** An installed server build of VS Code. */
export interface InstalledServer {
  /** `server-main.js`, to be run by this Node. */
  readonly main: string;
}

/** Where an install comes from and goes to; the defaults are the real ones. */
export interface InstallOptions {
  readonly cache?: string;
  /** Fills an empty folder with the server, about 290 MB and 45 s. */
  readonly build?: (folder: string) => Promise<void>;
}

/**
 * Installs the server build of VS Code into the cache folder unless it is there. It is built in a folder of its own and
 * renamed into place as the last step, so an install that was interrupted, or that races another, leaves nothing half done.
 * Needs the npm registry and a C++ compiler.
 */
export async function ensureVSCodeServer(options: InstallOptions = {}): Promise<InstalledServer> {
  const cache = options.cache ?? cacheFolder();
  // Native modules fit one Node ABI only.
  const folder = join(cache, `code-server-${CODE_SERVER.version}-abi${process.versions.modules}`);
  const installed = { main: join(folder, SERVER, "out/server-main.js") };
  if (existsSync(join(folder, MARKER))) return installed;

  const staging = join(cache, `.staging-${randomUUID()}`);
  await mkdir(staging, { recursive: true });
  try {
    await (options.build ?? buildServer)(staging);
    await writeFile(join(staging, MARKER), JSON.stringify(CODE_SERVER));
    // The marker comes with the rename, so a folder without one is nobody's install.
    if (!existsSync(join(folder, MARKER))) await rm(folder, { recursive: true, force: true });
    await rename(staging, folder).catch((error: unknown) => {
      if (!existsSync(join(folder, MARKER))) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return installed;
}

/** `.vscode-test/` in the repository, or the folder named by BRAID_VSCODE_CACHE. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const named = env["BRAID_VSCODE_CACHE"];
  if (named === undefined || named === "") return join(ROOT, ".vscode-test");
  return isAbsolute(named) ? named : resolve(ROOT, named);
}

const SERVER = "node_modules/code-server/lib/vscode";
const MARKER = "braid-installed.json";
const QUIET = ["--no-audit", "--no-fund", "--no-package-lock"];

async function buildServer(folder: string): Promise<void> {
  console.log(`Installing VS Code ${CODE_SERVER.vscode} (server build, about a minute) …`);
  const env = npmEnvironment();
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }));
  const spec = `code-server@${CODE_SERVER.version}`;
  await mustRun("npm", ["install", "--prefix", folder, "--ignore-scripts", ...QUIET, spec], { cwd: folder, env });

  const server = join(folder, SERVER);
  const place = { cwd: server, env };
  await mustRun("npm", ["install", "--prefix", server, "--ignore-scripts", "--omit=dev", ...QUIET], place);
  await rebuildNative(server, env);
  await symlink("node_modules", join(server, "node_modules.asar"));
  await linkRipgrep(server);
}

// The module and the file that shows it was built.
const NATIVE_MODULES = {
  "@vscode/spdlog": "spdlog.node",
  "native-watchdog": "watchdog.node",
  "node-pty": "pty.node",
} as const;

async function rebuildNative(server: string, env: NodeJS.ProcessEnv): Promise<void> {
  // node-pty's post-install script wants to download node-gyp after the build and fails; its binary is there all the same.
  const { output } = await run("npm", ["rebuild", "--prefix", server, ...Object.keys(NATIVE_MODULES)], {
    cwd: server,
    env,
  });
  for (const [module, file] of Object.entries(NATIVE_MODULES))
    if (!existsSync(join(server, "node_modules", module, "build/Release", file)))
      throw new Error(
        `npm rebuild ${module} made no ${file}:\n${output.trimEnd().split("\n").slice(0, 30).join("\n")}`,
      );
}

async function linkRipgrep(server: string): Promise<void> {
  const rg = findProgram(["rg"]);
  if (rg === undefined) throw new Error("ripgrep (rg) is not on the PATH.");
  const bin = join(server, "node_modules/@vscode/ripgrep/bin");
  await mkdir(bin, { recursive: true });
  await symlink(rg, join(bin, "rg"));
}

function npmEnvironment(): NodeJS.ProcessEnv {
  // What `npm test` puts into its children would point the inner npm at our own package.
  const ours = /^(npm_package_|npm_lifecycle_|npm_config_(local_prefix|prefix|workspace)|INIT_CWD$)/u;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
