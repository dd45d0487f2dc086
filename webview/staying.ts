import { useEffect } from "preact/hooks";

/** Calls `onStay` when the user scrolls, points or types in what is shown of a subtask: they are at it. */
export function useStaying(onStay: () => void): void {
  useEffect(() => {
    const listen = (event: Event): void => {
      const target = event.target instanceof Element ? event.target : document.body;
      // The panel's own keys are about the subtask wherever the focus is, but where they have a meaning of their own.
      const isElsewhere = target.closest(event.type === "keydown" ? "header, nav, dialog" : "main") === null;
      if (isElsewhere === (event.type === "keydown")) onStay();
    };
    const kinds = ["wheel", "pointerdown", "keydown"];
    for (const kind of kinds) document.addEventListener(kind, listen, { passive: true });
    return () => kinds.forEach((kind) => document.removeEventListener(kind, listen));
  }, [onStay]);
}
