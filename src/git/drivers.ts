import { join, resolve } from "node:path";
import { sightOf, statNow } from "./stat-now";
import { splitNul } from "./split-nul";

/**
 * Environment that takes from a repository's own configuration what has git run programs: filters, merge drivers,
 * signing. `list` is the output of `git config --list -z --show-scope --show-origin`. What the user's own or the system's
 * configuration says stays in force. No `-c`: a driver may have "=" in its name, and git would cut the setting there.
 */
export function withoutDrivers(list: Buffer): Readonly<Record<string, string>> {
  const own = new Map<string, string>();
  const trusted = new Map<string, string>();
  for (const { scope, key, value } of readList(list)) {
    if (instead(key) === undefined) continue;
    (isRepositorys(scope) ? own : trusted).set(key, value);
  }
  const settings = [...own.keys()].map((key) => [key, trusted.get(key) ?? instead(key) ?? ""] as const);
  if (settings.length === 0) return {};
  return Object.fromEntries([
    ["GIT_CONFIG_COUNT", `${settings.length}`],
    ...settings.flatMap(([key, value], i) => [
      [`GIT_CONFIG_KEY_${i}`, key],
      [`GIT_CONFIG_VALUE_${i}`, value],
    ]),
  ]);
}

/**
 * Reads a place's configuration before each git call, or not again while the files it came from look the same. `commonConfig` is
 * the file a linked worktree shares with its repository: what was found in the one holds in the other.
 */
export async function driverGuard(
  place: string,
  dir: string,
  read: () => Promise<Buffer>,
  commonConfig?: string,
): Promise<PlaceConfig> {
  const known = guards.get(place) ?? (commonConfig === undefined ? undefined : shared.get(commonConfig));
  if (known !== undefined && known.stamp === stampOf(known.files)) return known;
  // Calls that begin at the same moment are answered together.
  const asked = reading.get(place);
  if (asked !== undefined) return asked;
  const guard = readGuard(place, dir, read);
  reading.set(place, guard);
  // Not for longer: who asks later may mean a file that was changed since.
  setImmediate(() => reading.delete(place));
  return guard;
}

const reading = new Map<string, Promise<PlaceConfig>>();

async function readGuard(place: string, dir: string, read: () => Promise<Buffer>): Promise<PlaceConfig> {
  guards.delete(place);
  const before = Date.now();
  const list = await read();
  const config: PlaceConfig = { guard: withoutDrivers(list), settings: valuesOf(list) };
  const files = filesOf(list, dir);
  const stamp = files === undefined ? undefined : stampOf(files, before - YOUNG_MS);
  if (files !== undefined && stamp !== undefined) {
    const known = { ...config, files, stamp };
    guards.set(place, known);
    const common = sharedConfig(list, dir);
    if (common !== undefined) shared.set(common, known);
    return known;
  }
  return config;
}

/** Git's own three-way merge of text, by the program that is asked for it: with no command at all git would take one side. */
const MERGE_AS_TEXT = "git merge-file -q --marker-size=%L -L ours -L base -L theirs %A %O %B";

/** Who wrote a file so shortly before it was read may write it again without its times telling. */
const YOUNG_MS = 100;

/** What the configuration of a place says; the same value again for as long as its files look the same. */
export interface PlaceConfig {
  /** Environment that keeps the repository's programs away; see {@link withoutDrivers}. */
  readonly guard: Readonly<Record<string, string>>;
  /** The value in force of each setting, by its name as git lists it, but for what Braid itself says. */
  readonly settings: ReadonlyMap<string, string>;
}

interface Guard extends PlaceConfig {
  readonly files: readonly string[];
  readonly stamp: string;
}

const guards = new Map<string, Guard>();
/** By the repository's own file, where nothing depends on which of its worktrees is asked. */
const shared = new Map<string, Guard>();

/** Settings that name one program each, and git's own choice. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "merge.default": "text",
  "gpg.program": "gpg",
  "gpg.openpgp.program": "gpg",
  "gpg.x509.program": "gpgsm",
  "gpg.ssh.program": "ssh-keygen",
  "gpg.ssh.defaultkeycommand": "",
};

/** What stands in for a setting that names a program; undefined for settings that name none. */
function instead(key: string): string | undefined {
  if (/^filter\..*\.(?:clean|smudge|process)$/su.test(key)) return "";
  if (/^filter\..*\.required$/su.test(key)) return "false";
  if (/^merge\..*\.driver$/su.test(key)) return MERGE_AS_TEXT;
  return PROGRAMS[key];
}

function isRepositorys(scope: string): boolean {
  return scope === "local" || scope === "worktree";
}

/** Each setting is three fields: scope, origin, and the key with its value behind a line feed. */
function readList(list: Buffer) {
  const fields = splitNul(list);
  return fields.flatMap((scope, i) => {
    if (i % 3 !== 0) return [];
    const [key = "", ...value] = (fields[i + 2] ?? "").split("\n");
    return [{ scope, origin: fields[i + 1] ?? "", key, value: value.join("\n") }];
  });
}

function valuesOf(list: Buffer): ReadonlyMap<string, string> {
  // A later line takes an earlier one's place.
  return new Map(
    readList(list).flatMap(({ scope, key, value }) => (scope === "command" ? [] : [[key, value] as const])),
  );
}

/** The files it came from; undefined where others may join them without a change of these. */
function filesOf(list: Buffer, dir: string): readonly string[] | undefined {
  const settings = readList(list);
  const isOpen = settings.some(
    ({ scope, key }) => isRepositorys(scope) && (/^include(?:if)?\./u.test(key) || key === "extensions.worktreeconfig"),
  );
  if (isOpen || !settings.some(({ scope }) => scope === "local")) return undefined;
  // Our own arguments are a scope as well, and no file.
  const inFiles = settings.filter(({ scope }) => scope !== "command");
  return [...new Set([...inFiles.map(({ origin }) => resolve(dir, origin.replace(/^file:/u, ""))), ...usersFiles()])];
}

/** Where the user's own configuration is looked for, whether it is there yet or not. */
function usersFiles(): readonly string[] {
  const { HOME: home, XDG_CONFIG_HOME: xdg } = process.env;
  const folders = [xdg, home === undefined ? undefined : join(home, ".config")].filter((each) => each !== undefined);
  return [
    ...folders.map((folder) => join(folder, "git/config")),
    ...(home === undefined ? [] : [join(home, ".gitconfig")]),
  ];
}

/** The repository's own file; undefined where anybody's configuration may say another thing in another worktree. */
function sharedConfig(list: Buffer, dir: string): string | undefined {
  const settings = readList(list);
  if (settings.some(({ key }) => /^include(?:if)?\./u.test(key))) return undefined;
  const own = new Set(settings.flatMap(({ scope, origin }) => (isRepositorys(scope) ? [origin] : [])));
  const [origin] = own;
  return origin === undefined || own.size > 1 ? undefined : resolve(dir, origin.replace(/^file:/u, ""));
}

/** What tells that files are as they were; undefined where one cannot be told, or changed after `until` (milliseconds since the epoch). */
function stampOf(files: readonly string[], until = Infinity): string | undefined {
  try {
    if (files.some((file) => Number(statNow(file, { follow: true })?.ctimeMs ?? 0) > until)) return undefined;
    return files.map((file) => sightOf(file, { follow: true })).join("\n");
  } catch {
    return undefined;
  }
}
