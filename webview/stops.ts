import type { ShownFile } from "../src/protocol/review-messages";

/** Where the keys go from one to the next: a hunk that can be ticked, or a file without such. */
export interface Stop {
  readonly path: string;
  /** Null for the file itself. */
  readonly hunk: number | null;
}

/** All stops, in the order of the files. A file whose hunks are not on show is one. */
export function stopsOf(files: readonly ShownFile[], showsHunks: (file: ShownFile) => boolean): readonly Stop[] {
  return files.flatMap((file): readonly Stop[] => {
    const { path, parts } = file;
    return goesByPart(file) && showsHunks(file) ? parts.map((hunk) => ({ path, hunk })) : [{ path, hunk: null }];
  });
}

/** Whether the parts of a file have tick boxes of their own. Of a file that was not sent whole nobody can say what they are. */
export function goesByPart({ parts, withheld }: ShownFile): boolean {
  return withheld === undefined && parts.length > 1;
}

/** The stop `step` behind the one the focus is at; the ends hold, and without focus it begins with the first. */
export function nextStop(stops: readonly Stop[], at: Stop | null, step: number): Stop | undefined {
  if (at === null) return stops[0];
  const here = stops.findIndex(({ path, hunk }) => path === at.path && hunk === at.hunk);
  if (here !== -1) return stops[Math.min(stops.length - 1, Math.max(0, here + step))];
  // On the head of a file, as a rule, before its first hunk.
  const first = stops.findIndex(({ path }) => path === at.path);
  if (first === -1) return stops[0];
  return stops[Math.max(0, step > 0 ? first : first - 1)];
}

/** The path of the file `step` behind another one. */
export function nextFile(files: readonly ShownFile[], path: string | null, step: number): string | undefined {
  const here = files.findIndex((file) => file.path === path);
  const next = here === -1 ? 0 : Math.min(files.length - 1, Math.max(0, here + step));
  return files[next]?.path;
}
