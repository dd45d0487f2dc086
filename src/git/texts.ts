import { git } from "./git";
import type { Repository } from "./repository";

/** A file as it stands in a commit. */
export interface TextPlace {
  readonly commit: string;
  readonly path: string;
}

/**
 * The texts of files, in order; null for what is not there, is no blob, has more than `maxBytes` or is not UTF-8. Two git processes,
 * however many files. Throws `git.failed`.
 */
export async function readTexts(
  repo: Repository,
  places: readonly TextPlace[],
  maxBytes: number,
): Promise<readonly (string | null)[]> {
  // A name with a line end in it cannot be asked for this way.
  const names = places.map(({ commit, path }) => (/[\n\0]/u.test(path) ? undefined : `${commit}:${path}`));
  const asked = names.filter((name) => name !== undefined);
  const found = (await git(repo, ["cat-file", "--batch-check"], { input: lines(asked) })).stdout.toString("utf8");
  const ids = new Map(
    found.split("\n").flatMap((line, i): [string, string][] => {
      const [, id, size] = /^([0-9a-f]{40,64}) blob (\d+)$/u.exec(line) ?? [];
      const name = asked[i];
      return id === undefined || name === undefined || Number(size) > maxBytes ? [] : [[name, id]];
    }),
  );
  const wanted = [...new Set(ids.values())];
  const texts = new Map<string, string | null>();
  if (wanted.length > 0) {
    const { stdout } = await git(repo, ["cat-file", "--batch"], { input: lines(wanted) });
    let at = 0;
    for (const id of wanted) {
      const end = stdout.indexOf("\n", at);
      const size = Number(stdout.toString("latin1", at, end).split(" ")[2]);
      texts.set(id, asUtf8(stdout.subarray(end + 1, end + 1 + size)));
      at = end + size + 2;
    }
  }
  return names.map((name) => texts.get(ids.get(name ?? "") ?? "") ?? null);
}

function lines(names: readonly string[]): string {
  return names.map((name) => `${name}\n`).join("");
}

function asUtf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
