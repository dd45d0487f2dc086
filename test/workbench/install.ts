import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { mustRun, type Place, run } from "./process";
import { findProgram } from "./programs";
import { ROOT } from "./root";

/** A server build of VS Code: which one, and what makes it run. */
export interface ServerBuild {
  /** What BRAID_VSCODE and `--vscode` call it, besides its version's first two numbers. */
  readonly name: string;
  /** Version of the npm package code-server, and of the VS Code in it. */
  readonly codeServer: string;
  readonly vscode: string;
  /** Major version of the Node it wants, where it is not the one that runs the tests. */
  readonly node?: string;
  /** Modules to be compiled and, by name, the file that shows it was done. */
  readonly native: Readonly<Record<string, string>>;
  /** Whether it has no ripgrep of its own. */
  readonly wantsRipgrep: boolean;
}

/** The oldest VS Code Braid runs in (`engines.vscode`): what everything is tested on. */
export const FLOOR: ServerBuild = {
  name: "floor",
  codeServer: "4.100.3",
  vscode: "1.100.3",
  native: {
    "@vscode/spdlog": "build/Release/spdlog.node",
    "native-watchdog": "build/Release/watchdog.node",
    "node-pty": "build/Release/pty.node",
  },
  wantsRipgrep: true,
};

/**
 * The newest VS Code there is a server build of. What it compiles keeps to Node's stable interface, so it may be done by another Node
 * than the one it wants. Its sqlite is for parts no test opens, and takes a minute to compile.
 */
export const NEWEST: ServerBuild = {
  name: "newest",
  codeServer: "4.139.1",
  vscode: "1.139.1",
  node: "24",
  native: {
    "@vscode/spdlog": "build/Release/spdlog.node",
    "@vscode/native-watchdog": "build/Release/watchdog.node",
  },
  wantsRipgrep: false,
};

/** The build BRAID_VSCODE asks for, by name or version; the floor by default. Throws for one that is not known. */
export function chosenBuild(env: NodeJS.ProcessEnv = process.env): ServerBuild {
  const asked = env["BRAID_VSCODE"];
  if (asked === undefined || asked === "") return FLOOR;
  const known = [FLOOR, NEWEST];
  const found = known.find(({ name, vscode }) => asked === name || vscode === asked || vscode.startsWith(`${asked}.`));
  if (found !== undefined) return found;
  const names = known.map(({ name, vscode }) => `${name} (${vscode})`).join(" and ");
  throw new Error(`BRAID_VSCODE is "${asked}"; there are ${names}.`);
}

/** An installed server build of VS Code. */
export interface InstalledServer {
  /** The Node that runs it. */
  readonly node: string;
  /** `server-main.js`. */
  readonly main: string;
}

/** Where an install comes from and goes to; the defaults are the real ones. */
export interface InstallOptions {
  readonly cache?: string;
  /** {@link chosenBuild} by default. */
  readonly which?: ServerBuild;
  /** Fills an empty folder with the server, about 290 MB and 45 s; the newest takes twice that. */
  readonly build?: (folder: string) => Promise<void>;
}

/**
 * Installs the server build of VS Code into the cache folder unless it is there. It is built in a folder of its own and
 * renamed into place as the last step, so an install that was interrupted, or that races another, leaves nothing half done.
 * Needs the npm registry and a C++ compiler.
 */
export async function ensureVSCodeServer(options: InstallOptions = {}): Promise<InstalledServer> {
  const cache = options.cache ?? cacheFolder();
  const which = options.which ?? chosenBuild();
  // Native modules fit one Node ABI only.
  const node = which.node === undefined ? `abi${process.versions.modules}` : `node${which.node}`;
  const folder = join(cache, `code-server-${which.codeServer}-${node}`);
  const installed = {
    node: which.node === undefined ? process.execPath : join(folder, "node_modules", NODE_PACKAGE, "bin/node"),
    main: join(folder, SERVER, "out/server-main.js"),
  };
  if (existsSync(join(folder, MARKER))) return installed;

  const staging = join(cache, `.staging-${randomUUID()}`);
  await mkdir(staging, { recursive: true });
  try {
    await (options.build ?? ((dir) => buildServer(dir, which)))(staging);
    await writeFile(join(staging, MARKER), JSON.stringify({ version: which.codeServer, vscode: which.vscode }));
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

/** The npm package that is a Node for this machine and nothing else. */
const NODE_PACKAGE = `node-${process.platform}-${process.arch}`;

async function buildServer(folder: string, which: ServerBuild): Promise<void> {
  console.log(`Installing VS Code ${which.vscode} (server build, a minute or two) …`);
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }));
  const specs = [`code-server@${which.codeServer}`];
  if (which.node !== undefined) specs.push(`${NODE_PACKAGE}@${which.node}`);
  const env = npmEnvironment();
  await mustRun("npm", ["install", "--prefix", folder, "--ignore-scripts", ...QUIET, ...specs], { cwd: folder, env });

  const server = join(folder, SERVER);
  const place = { cwd: server, env };
  await mustRun("npm", ["install", "--prefix", server, "--ignore-scripts", "--omit=dev", ...QUIET], place);
  await rebuildNative(place, which.native);
  await symlink("node_modules", join(server, "node_modules.asar"));
  if (which.wantsRipgrep) await linkRipgrep(server);
}

async function rebuildNative(place: Place, native: ServerBuild["native"]): Promise<void> {
  // node-pty's post-install script wants to download node-gyp after the build and fails; its binary is there all the same.
  const { output } = await run("npm", ["rebuild", "--prefix", place.cwd, ...Object.keys(native)], place);
  for (const [module, file] of Object.entries(native))
    if (!existsSync(join(place.cwd, "node_modules", module, file)))
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
