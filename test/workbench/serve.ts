import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { ensureVSCodeServer } from "./install";
import { type Guarded, lastLines, startGuarded } from "./process";
import { BRAID_EXTENSION, createProfile, type Keybinding, type Settings } from "./profile";

/** What to serve. */
export interface ServeOptions {
  /** The folder to open, or a .code-workspace file, absolute; null opens an empty window. */
  readonly folder: string | null;
  /** User settings on top of the quiet ones. */
  readonly settings?: Settings;
  /** The user's own keys. */
  readonly keybindings?: readonly Keybinding[];
  /** `true`: as a new user has it, so the trust dialog comes. Default: every folder is trusted. */
  readonly askForTrust?: boolean;
  /** Added to the environment of the server and so of the extension host; undefined takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The extension to install, a folder with package.json or a .vsix file; Braid's folder by default, null for none. */
  readonly extension?: string | null;
  /** Runs the test suite at `tests` in the extension host, with the extension at `extension` under development. */
  readonly development?: { readonly extension: string; readonly tests: string };
}

/** A VS Code that runs on this machine. */
export interface ServedWorkbench {
  /** The address to open in a browser. It holds a secret: whoever has it can run commands on this machine. */
  readonly url: string;
  /** The server's own folder: settings, logs, what extensions keep. */
  readonly data: string;
  /** What the server has printed so far. */
  log(): string;
  /** Resolves when the server has ended. */
  readonly exited: Promise<void>;
  /** Kills the server with all its children and removes its folders. */
  dispose(): Promise<void>;
}

/** Starts the real VS Code server for a folder, on a free port of 127.0.0.1; resolves once it listens. */
export async function serveWorkbench(options: ServeOptions): Promise<ServedWorkbench> {
  const { node, main } = await ensureVSCodeServer();
  const extension = options.extension === undefined ? BRAID_EXTENSION : (options.extension ?? undefined);
  const profile = await createProfile(
    options.settings ?? {},
    options.development === undefined ? extension : undefined,
    options.keybindings,
  );
  const token = randomBytes(16).toString("hex");
  const args = [main, "--host", "127.0.0.1", "--port", "0", "--connection-token", token];
  args.push("--accept-server-license-terms", "--telemetry-level", "off", "--disable-getting-started-override");
  args.push("--server-data-dir", profile.serverData, "--extensions-dir", profile.extensions);
  // Of late a built VS Code takes an extension under development from the address only where it is itself under test.
  if (options.development !== undefined) args.push("--enable-smoke-test-driver");
  if (options.askForTrust !== true) args.push("--disable-workspace-trust");
  const server = startGuarded(node, args, { cwd: cwdOf(options.folder), env: environment(options.env ?? {}) });
  const printed: string[] = [];
  const dispose = async () => {
    server.dispose();
    await server.exited;
    await profile.remove();
  };
  try {
    const port = await listening(server, printed);
    return {
      url: address(`127.0.0.1:${port}`, token, options),
      data: profile.serverData,
      log: () => printed.join(""),
      exited: server.exited,
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function listening(server: Guarded, printed: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    for (const stream of server.streams)
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed.push(text);
        const port = /Extension host agent listening on (\d+)/u.exec(printed.join(""))?.[1];
        if (port !== undefined) resolve(Number(port));
      });
    void server.exited.then(() =>
      reject(new Error(`VS Code's server ended before it listened:\n${lastLines(printed.join(""), 20)}`)),
    );
  });
}

function address(host: string, token: string, { folder, development }: ServeOptions): string {
  const query = new URLSearchParams({ tkn: token, ...whatToOpen(folder) });
  if (development !== undefined) {
    const remote = (path: string) => `vscode-remote://${host}${path}`;
    query.set(
      "payload",
      JSON.stringify([
        ["extensionDevelopmentPath", remote(development.extension)],
        ["extensionTestsPath", remote(development.tests)],
      ]),
    );
  }
  return `http://${host}/?${query.toString()}`;
}

function whatToOpen(folder: string | null): Readonly<Record<string, string>> {
  if (folder === null) return { ew: "true" };
  return folder.endsWith(WORKSPACE) ? { workspace: folder } : { folder };
}

function cwdOf(folder: string | null): string {
  if (folder === null) return tmpdir();
  return folder.endsWith(WORKSPACE) ? dirname(folder) : folder;
}

const WORKSPACE = ".code-workspace";

function environment(added: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  // A VS Code around us, or npm, must not reach into the one we start; keys are given on purpose or not at all.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$|ANTHROPIC_)/u.test(name),
  );
  const all = Object.entries({ ...Object.fromEntries(inherited), ...added });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}
