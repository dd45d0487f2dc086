import { sizeText } from "../size-text";
import { found, ok, type Diagnosis } from "./diagnosis";

const WORKTREE_SETTING = "braid.worktree.directory";

/** Where worktrees are made, and how that stands to the repository. */
export interface WorktreePlace {
  readonly dir: string;
  readonly insideRepository: boolean;
  readonly sameFileSystem: boolean;
  /** Whether files are copied without their blocks. */
  readonly sharesBlocks: boolean;
}

/** Judges the folder for worktrees, which can be written. */
export function judgePlace(place: WorktreePlace): readonly Diagnosis[] {
  const inside = place.insideRepository
    ? [
        found(
          "warning",
          `Worktrees would be made in ${place.dir}, inside the repository: editors, watchers and searches would see every file many times.`,
          { text: "Set a folder outside of it, or none.", setting: WORKTREE_SETTING },
        ),
      ]
    : [];
  const copies = place.sharesBlocks
    ? "dependency folders are copied there without taking space"
    : place.sameFileSystem
      ? "the file system cannot share blocks, so dependency folders are copied in full"
      : "it is on another file system, so dependency folders are copied in full";
  return [...inside, found("note", `Worktrees are made in ${place.dir}; ${copies}.`)].map((each) =>
    place.sharesBlocks && each.level === "note" ? ok(each.message) : each,
  );
}

/** What a run needs of a disk, and what there is. All sizes in bytes. */
export interface Room {
  readonly worktrees: number;
  /** Files of one worktree and their size. */
  readonly files: number;
  readonly bytes: number;
  /** Dependency folders that would be copied in full into each; 0 where blocks are shared. */
  readonly copied: number;
  readonly freeBytes: number;
  /** Files the file system can still hold; null where it does not count them. */
  readonly freeFiles: number | null;
}

/** Left free on the disk, in bytes: others write too. */
const KEPT_FREE_BYTES = 1024 ** 3;

/** Judges whether a run's worktrees have room. */
export function judgeRoom(room: Room): Diagnosis {
  const { worktrees, freeBytes, freeFiles } = room;
  const [files, bare, full] = [worktrees * room.files, worktrees * room.bytes, worktrees * (room.bytes + room.copied)];
  const needs = `${worktrees} worktrees take about ${sizeText(full)}, and the disk has ${sizeText(freeBytes)} free.`;
  const way = {
    text: "Free some space (`braid clean` tells what earlier runs left), or set another folder.",
    setting: WORKTREE_SETTING,
    action: "braid.cleanUp",
  };
  if (freeBytes < bare) return found("problem", needs, way);
  if (freeFiles !== null && freeFiles < files)
    return found(
      "problem",
      `${worktrees} worktrees hold ${files.toLocaleString("en")} files, and the disk can take ${freeFiles.toLocaleString("en")} more.`,
      way,
    );
  if (freeBytes < full + KEPT_FREE_BYTES)
    return found("warning", `${needs} Dependency folders may be left out of them.`, way);
  return ok(needs);
}
