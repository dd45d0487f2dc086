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
  return (await readBlobs(repo, places, maxBytes)).map((blob) => (blob === null ? null : asUtf8(blob)));
}

/** The same as bytes. */
export async function readBlobs(
  repo: Repository,
  places: readonly TextPlace[],
  maxBytes: number,
): Promise<readonly (Buffer | null)[]> {
  const found = await findBlobs(repo, places);
  const wanted = [...new Set(found.flatMap((blob) => (blob === null || blob.size > maxBytes ? [] : [blob.id])))];
  const contents = new Map<string, Buffer>();
  if (wanted.length > 0) {
    const { stdout } = await git(repo, ["cat-file", "--batch"], { input: lines(wanted) });
    let at = 0;
    for (const id of wanted) {
      const end = stdout.indexOf("\n", at);
      const size = Number(stdout.toString("latin1", at, end).split(" ")[2]);
      contents.set(id, stdout.subarray(end + 1, end + 1 + size));
      at = end + size + 2;
    }
  }
  return found.map((blob) => (blob === null ? null : (contents.get(blob.id) ?? null)));
}

/** How large files are, in bytes; null for what is not there or is no blob. One git process. */
export async function readSizes(repo: Repository, places: readonly TextPlace[]): Promise<readonly (number | null)[]> {
  return (await findBlobs(repo, places)).map((blob) => blob?.size ?? null);
}

async function findBlobs(
  repo: Repository,
  places: readonly TextPlace[],
): Promise<readonly ({ readonly id: string; readonly size: number } | null)[]> {
  // A name with a line end in it cannot be asked for this way, nor one that ends with a part of one.
  const names = places.map(({ commit, path }) => (/[\n\0]|\r$/u.test(path) ? undefined : `${commit}:${path}`));
  const asked = names.filter((name) => name !== undefined);
  const answers = (await git(repo, ["cat-file", "--batch-check"], { input: lines(asked) })).stdout.toString("utf8");
  const found = new Map(
    answers.split("\n").flatMap((line, i): [string, { id: string; size: number }][] => {
      const [, id, size] = /^([0-9a-f]{40,64}) blob (\d+)$/u.exec(line) ?? [];
      const name = asked[i];
      return id === undefined || name === undefined ? [] : [[name, { id, size: Number(size) }]];
    }),
  );
  return names.map((name) => (name === undefined ? null : (found.get(name) ?? null)));
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
