import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { ensureVSCodeServer } from "./install";
import { ROOT } from "./root";

/** The private folders of one served workbench. */
export interface Profile {
  readonly serverData: string;
  readonly extensions: string;
  /** Removes all of it. */
  remove(): Promise<void>;
}

/** A key of the user's, as in keybindings.json. */
export interface Keybinding {
  readonly key: string;
  readonly command: string;
}

/** User settings, as in settings.json. */
export type Settings = Readonly<Record<string, unknown>>;

/** A workbench that talks to nobody, shows nothing of its own and does nothing by itself. */
export const QUIET_SETTINGS: Settings = {
  "telemetry.telemetryLevel": "off",
  "workbench.enableExperiments": false,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
  "workbench.settings.enableNaturalLanguageSearch": false,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "git.autofetch": false,
  "git.openRepositoryInParentFolders": "never",
  "npm.fetchOnlinePackageInfo": false,
  "json.schemaDownload.enable": false,
  "typescript.disableAutomaticTypeAcquisition": true,
  "chat.commandCenter.enabled": false,
  "chat.disableAIFeatures": true,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
};

/**
 * Makes the folders of a workbench in the system's temp folder: user settings, and an extensions folder that holds the
 * package at `extension`, a folder or a .vsix file, as a user would have installed it (undefined: none).
 */
export async function createProfile(
  settings: Settings,
  extension: string | undefined,
  keybindings: readonly Keybinding[] = [],
): Promise<Profile> {
  const dir = await mkdtemp(join(tmpdir(), "braid-workbench-"));
  const profile = {
    serverData: join(dir, "server"),
    extensions: join(dir, "extensions"),
    // The server writes to its folders until it is gone, hence the retries.
    remove: () => rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
  const user = join(profile.serverData, "data/User");
  await mkdir(user, { recursive: true });
  await mkdir(profile.extensions);
  await writeFile(join(user, "settings.json"), JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 2));
  await writeFile(join(user, "keybindings.json"), JSON.stringify(keybindings));
  if (extension?.endsWith(".vsix") === true) await installVsix(extension, profile);
  else if (extension !== undefined) await installExtension(extension, profile.extensions);
  return profile;
}

/** The extension package this repository builds: what a user would have after installing it. */
export const BRAID_EXTENSION = ROOT;

/** As a user does who has the file. */
async function installVsix(vsix: string, { serverData, extensions }: Profile): Promise<void> {
  const { node, main } = await ensureVSCodeServer();
  const args = ["--install-extension", vsix, "--server-data-dir", serverData, "--extensions-dir", extensions];
  await promisify(execFile)(node, [main, ...args, "--accept-server-license-terms"]);
}

const Manifest = z.object({ publisher: z.string(), name: z.string(), version: z.string() });

async function installExtension(from: string, extensions: string): Promise<void> {
  const { publisher, name, version } = Manifest.parse(JSON.parse(await readFile(join(from, "package.json"), "utf8")));
  const folder = `${publisher}.${name}-${version}`;
  const to = join(extensions, folder);
  await mkdir(to);
  for (const entry of (await readdir(from)).filter(isShipped))
    await cp(join(from, entry), join(to, entry), { recursive: true });
  for (const part of SHIPPED_DIST)
    await cp(join(from, "dist", part), join(to, "dist", part), { recursive: true }).catch(ignoreAbsent);
  const entry = {
    identifier: { id: `${publisher}.${name}` },
    version,
    location: { $mid: 1, path: to, scheme: "file" },
    relativeLocation: folder,
  };
  await writeFile(join(extensions, "extensions.json"), JSON.stringify([entry]));
}

// The same list as in .vscodeignore; the other folders below dist/ are the tests'.
const SHIPPED_DIST = ["extension.mjs", "cli.mjs", "chunks", "webview"];

function isShipped(entry: string): boolean {
  return /^(package(\.nls(\..+)?)?\.json|media|l10n|README\.md|CHANGELOG\.md|LICENSE)$/u.test(entry);
}

function ignoreAbsent(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
}
