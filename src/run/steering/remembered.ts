import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { readPlainText } from "../../git/plain-file";
import type { Repository } from "../../git/repository";
import { withLock } from "../log/lock";
import { braidDir } from "../log/places";
import { isOwnSeal, sealOf } from "./own-seal";

const Remembered = z.object({
  version: z.literal(1),
  approved: z.record(
    z.string(),
    z.object({ commands: z.array(z.string()), at: z.number(), seal: z.string().optional() }),
  ),
});
type Remembered = Readonly<z.infer<typeof Remembered>>;

/**
 * Whether the user has allowed this for the repository, once and for all. A list that cannot be read allows nothing, nor does a
 * word in it that is not this user's: an archive can bring a list along.
 */
export async function isRemembered(repo: Repository, key: string): Promise<boolean> {
  const { approved } = await read(repo);
  return Object.hasOwn(approved, key) && isOwnSeal(repo, `approved ${key}`, approved[key]?.seal);
}

/** A word the user gave for the repository, once and for all. */
export interface RememberedApproval {
  readonly key: string;
  readonly commands: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What the user has allowed for the repository, the newest first. */
export async function listRemembered(repo: Repository): Promise<readonly RememberedApproval[]> {
  const { approved } = await read(repo);
  const own: RememberedApproval[] = [];
  for (const [key, { commands, at, seal }] of Object.entries(approved))
    if (await isOwnSeal(repo, `approved ${key}`, seal)) own.push({ key, commands, at });
  return own.toSorted((a, b) => b.at - a.at);
}

/**
 * Remembers that the user allowed this, in Braid's folder inside the git directory: workers do not see it, and a clone
 * does not bring it along. `at` is milliseconds since the epoch. Throws what the disk throws.
 */
export async function remember(
  repo: Repository,
  key: string,
  { commands, at }: { readonly commands: readonly string[]; readonly at: number },
): Promise<void> {
  const seal = await sealOf(repo, `approved ${key}`);
  return change(repo, (approved) => ({ ...approved, [key]: { commands: [...commands], at, seal } }));
}

/** Takes such a word back; the next time it is asked for anew. Throws what the disk throws. */
export function forget(repo: Repository, keys: readonly string[]): Promise<void> {
  return change(repo, (approved) =>
    Object.fromEntries(Object.entries(approved).filter(([key]) => !keys.includes(key))),
  );
}

async function change(
  repo: Repository,
  how: (approved: Remembered["approved"]) => Remembered["approved"],
): Promise<void> {
  const path = pathOf(repo);
  await withLock(`${path}.lock`, "Braid", async () => {
    const next: Remembered = { version: 1, approved: how((await read(repo)).approved) };
    const draft = `${path}.${randomBytes(4).toString("hex")}`;
    try {
      await mkdir(braidDir(repo), { recursive: true, mode: 0o700 });
      await writeFile(draft, `${JSON.stringify(next, undefined, 2)}\n`, { flag: "wx", mode: 0o600 });
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
  });
}

/** The list is a few words a command. */
const MAX_BYTES = 16 * 1024 ** 2;

async function read(repo: Repository): Promise<Remembered> {
  try {
    return Remembered.parse(JSON.parse(await readPlainText(pathOf(repo), MAX_BYTES)));
  } catch {
    return { version: 1, approved: {} };
  }
}

function pathOf(repo: Repository): string {
  return join(braidDir(repo), "approvals.json");
}
