import { useEffect, useRef } from "preact/hooks";

/** A decision is made with its diff on screen, far below the place that says why it came to nothing: brings that into sight. */
export function useProblemInSight(
  busy: boolean,
  failed: boolean,
  pane: { readonly current: HTMLElement | null },
): void {
  const wasBusy = useRef(false);
  useEffect(() => {
    if (wasBusy.current && !busy && failed)
      pane.current?.querySelector(".problem")?.scrollIntoView({ block: "nearest" });
    wasBusy.current = busy;
  }, [busy, failed, pane]);
}
