/** The section of the file that has the focus, or the first. */
export function currentFile(): HTMLElement | undefined {
  const files = all("[data-file]");
  return files.find((file) => file.contains(document.activeElement)) ?? files[0];
}

/** The path of a file's section. */
export function pathOf(file: HTMLElement | undefined): string | null {
  return file?.dataset["file"] ?? null;
}

/** Puts the focus on the header of the file `step` further on, and brings it to the top. */
export function moveToFile(step: number): void {
  const next = further(all("[data-file]"), step);
  next?.querySelector<HTMLElement>(".file-toggle")?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "start" });
}

/** Puts the focus on the hunk `step` further on; a file without hunks to choose from counts as one. */
export function moveToHunk(step: number): void {
  const stops = all("[data-file]").flatMap((file) => {
    const hunks = [...file.querySelectorAll<HTMLElement>("[data-hunk]:has(.tick)")];
    return hunks.length === 0 ? [file] : hunks;
  });
  const next = further(stops, step);
  next?.querySelector<HTMLElement>(".tick")?.focus({ preventScroll: true });
  // What is out of sight was not laid out, and takes its real height only when it comes near.
  next?.scrollIntoView({ block: next.matches("[data-file]") ? "start" : "center" });
}

/** Presses the box of the hunk that has the focus, or of its file. */
export function pressTick(of: "hunk" | "file"): void {
  const focused = document.activeElement;
  const hunk = of === "hunk" ? focused?.closest<HTMLElement>("[data-hunk]:has(.tick)") : null;
  (hunk ?? focused?.closest<HTMLElement>("[data-file]"))?.querySelector<HTMLInputElement>(".tick")?.click();
}

/** Presses the button that opens a comment on the hunk that has the focus, or on the first of its file. */
export function pressComment(): void {
  const focused = document.activeElement;
  const place = focused?.closest("[data-hunk]") ?? currentFile();
  place?.querySelector<HTMLElement>(".comment-button")?.click();
}

/** The one `step` behind the one that has the focus; the ends hold, and without focus it begins with the first. */
function further(stops: readonly HTMLElement[], step: number): HTMLElement | undefined {
  const focused = document.activeElement;
  const inside = stops.findIndex((stop) => stop.contains(focused));
  if (inside !== -1) return stops[Math.min(stops.length - 1, Math.max(0, inside + step))];
  // Between two stops: a file's head, as a rule.
  const after = stops.findIndex(
    (stop) => focused !== null && (focused.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0,
  );
  const file = focused?.closest("[data-file]") ?? null;
  if (file === null || after === -1) return step > 0 || file === null ? stops[0] : stops.at(-1);
  return stops[Math.max(0, step > 0 ? after : after - 1)];
}

function all(selector: string): readonly HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(selector)];
}
