import type { ShownFile, ShownReview } from "../src/protocol/review-messages";
import { blockName, GROUP_FILES, groupName, inOrder } from "./file-groups";
import type { Folds } from "./folds";
import { blocksOf } from "../src/protocol/line-blocks";
import { bringNear } from "./near";
import { nextFile, nextStop, stopsOf, type Stop } from "./stops";

/** The path of the file that has the focus, or of the first. */
export function currentFile(review: ShownReview): string | null {
  return focusedFile() ?? filesOf(review)[0]?.path ?? null;
}

/** A key that is pressed while a step is under way goes on from where that leads. */
let steps = Promise.resolve();

/** Puts the focus on the header of the file `step` further on, and brings it to the top. */
export function moveToFile(review: ShownReview, step: number): Promise<void> {
  return (steps = steps.then(() => stepToFile(review, step)));
}

/** Puts the focus on the hunk `step` further on; a file without hunks to choose from counts as one. */
export function moveToHunk(review: ShownReview, folds: Folds, step: number): Promise<void> {
  return (steps = steps.then(() => stepToHunk(review, folds, step)));
}

async function stepToFile(review: ShownReview, step: number): Promise<void> {
  const path = nextFile(filesOf(review), focusedFile(), step);
  if (path !== undefined) await focusFile(review, path, ".file-toggle");
}

async function stepToHunk(review: ShownReview, folds: Folds, step: number): Promise<void> {
  const showsHunks = (file: ShownFile): boolean => {
    const { open, lines } = folds.of(review.commit, file);
    return open && lines;
  };
  const next = nextStop(stopsOf(filesOf(review), showsHunks), focusedStop(), step);
  if (next === undefined) return;
  if (next.hunk === null) return focusFile(review, next.path, ".tick");
  await bringFileNear(review, next.path, next.hunk);
  const hunk = sectionOf(next.path)?.querySelector<HTMLElement>(`[data-hunk="${next.hunk}"]`);
  hunk?.querySelector<HTMLElement>(".tick")?.focus({ preventScroll: true });
  hunk?.scrollIntoView({ block: "center" });
}

/** Presses the box of the hunk that has the focus, or of its file. */
export function pressTick(of: "hunk" | "file"): void {
  const focused = document.activeElement;
  const hunk = of === "hunk" ? focused?.closest<HTMLElement>("[data-hunk]:has(.tick)") : null;
  (hunk ?? focused?.closest<HTMLElement>("[data-file]"))?.querySelector<HTMLInputElement>(".tick")?.click();
}

/** Presses the button that opens a comment on the hunk that has the focus, or on the first of its file. */
export function pressComment(review: ShownReview): void {
  const path = currentFile(review);
  const place = document.activeElement?.closest("[data-hunk]") ?? (path === null ? undefined : sectionOf(path));
  place?.querySelector<HTMLElement>(".comment-button")?.click();
}

async function focusFile(review: ShownReview, path: string, part: string): Promise<void> {
  await bringFileNear(review, path, null);
  const section = sectionOf(path);
  section?.querySelector<HTMLElement>(part)?.focus({ preventScroll: true });
  section?.scrollIntoView({ block: "start" });
}

/** Files and hunks out of view are not on the page. */
async function bringFileNear(review: ShownReview, path: string, hunk: number | null): Promise<void> {
  const { plain, apart } = inOrder(review.files);
  const isPlain = plain.some((file) => file.path === path);
  const files = isPlain ? plain : apart;
  const at = files.findIndex((file) => file.path === path);
  const group = groupName(isPlain ? "plain" : "apart", Math.floor(at / GROUP_FILES));
  const block = blocksOf(files[at]?.hunks ?? []).find(({ pieces }) => pieces.some(({ number }) => number === hunk));
  await bringNear(group, ...(block === undefined ? [] : [blockName(path, block.from)]));
}

function filesOf(review: ShownReview): readonly ShownFile[] {
  const { plain, apart } = inOrder(review.files);
  return [...plain, ...apart];
}

function sectionOf(path: string): HTMLElement | undefined {
  return document.querySelector<HTMLElement>(`[data-file="${CSS.escape(path)}"]`) ?? undefined;
}

function focusedFile(): string | null {
  return document.activeElement?.closest<HTMLElement>("[data-file]")?.dataset["file"] ?? null;
}

function focusedStop(): Stop | null {
  const path = focusedFile();
  if (path === null) return null;
  const hunk = document.activeElement?.closest<HTMLElement>("[data-hunk]")?.dataset["hunk"];
  return { path, hunk: hunk === undefined ? null : Number(hunk) };
}
