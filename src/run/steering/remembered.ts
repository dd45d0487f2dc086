import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Repository } from "../../git/repository";
import { withLock } from "../log/lock";
import { braidDir } from "../log/places";

const Remembered = z.object({
  version: z.literal(1),
  approved: z.record(z.string(), z.object({ commands: z.array(z.string()), at: z.number() })),
});
type Remembered = Readonly<z.infer<typeof Remembered>>;

/** Whether the user has allowed this for the repository, once and for all. A list that cannot be read allows nothing. */
export async function isRemembered(repo: Repository, key: string): Promise<boolean> {
  return Object.hasOwn((await read(repo)).approved, key);
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
  const path = pathOf(repo);
  await withLock(`${path}.lock`, "Braid", async () => {
    const { approved } = await read(repo);
    const next: Remembered = { version: 1, approved: { ...approved, [key]: { commands: [...commands], at } } };
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

async function read(repo: Repository): Promise<Remembered> {
  try {
    return Remembered.parse(JSON.parse(await readFile(pathOf(repo), "utf8")));
  } catch {
    return { version: 1, approved: {} };
  }
}

function pathOf(repo: Repository): string {
  return join(braidDir(repo), "approvals.json");
}
