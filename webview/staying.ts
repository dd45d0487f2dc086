import { useEffect } from "preact/hooks";
import { KEYS } from "./keys";

/** Calls `onStay` when the user scrolls, points or types in what is shown of a subtask: they are at it. */
export function useStaying(onStay: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : document.body;
      // The panel's own keys are about the subtask wherever the focus is, but where they have a meaning of their own.
      const isReading = READING_KEYS.has(event.key) && target.closest("header, nav, dialog") === null;
      if (isReading || target.closest("main :is(input, textarea)") !== null) onStay();
    };
    const onPointer = (event: Event): void => {
      if (event.target instanceof Element && event.target.closest("main") !== null) onStay();
    };
    document.addEventListener("keydown", onKey);
    document.addEventListener("pointerdown", onPointer);
    document.addEventListener("wheel", onPointer, { passive: true });
    return () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("pointerdown", onPointer);
      document.removeEventListener("wheel", onPointer);
    };
  }, [onStay]);
}

/** Not those that lead out of the panel, such as Escape and F1. */
const READING_KEYS: ReadonlySet<string> = new Set([
  ...KEYS.map(({ key }) => key),
  "ArrowDown",
  "ArrowUp",
  "PageDown",
  "PageUp",
  "Home",
  "End",
  " ",
]);
