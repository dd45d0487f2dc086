import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { inTurn } from "./pace";

interface NearProps {
  /** What it is called, for who wants it drawn; see {@link bringNear}. */
  readonly name: string;
  /** Its height in pixels while it is not drawn and never was. */
  readonly height: number;
  /** Drawn at once: it will be in view. */
  readonly eager: boolean;
  readonly draw: () => ComponentChildren;
}

/** How far out of view something is still drawn, in pixels. */
const MARGIN_PX = 1_000;

/** Draws something only while it is near what is in view; else it takes up its room and no more. */
export function Near({ name, height, eager, draw }: NearProps) {
  const [near, setNear] = useState(eager);
  const room = useRef(height);
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    let latest = eager;
    const go = (to: boolean): void => {
      latest = to;
      inTurn(() => {
        if (latest === to) setNear(to);
      });
    };
    const bring = (): void => {
      latest = true;
      setNear(true);
    };
    const forget = watch(element, (entry) => {
      if (entry.isIntersecting) return go(true);
      if (isHeld(element)) return;
      if (latest) room.current = entry.boundingClientRect.height;
      go(false);
    });
    element.addEventListener(BRING, bring);
    return () => {
      forget();
      latest = !latest;
      element.removeEventListener(BRING, bring);
    };
  }, []);
  return (
    <div ref={box} data-near={name} style={near ? { height: "auto" } : { height: `${room.current}px` }}>
      {near && draw()}
    </div>
  );
}

const BRING = "braid-bring-near";

/** Has the parts of these names drawn, the outer before the inner, wherever they are; resolves when they are on the page. */
export async function bringNear(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const part = document.querySelector(`[data-near="${CSS.escape(name)}"]`);
    if (part === null || part.childElementCount > 0) continue;
    part.dispatchEvent(new CustomEvent(BRING));
    await new Promise((drawn) => setTimeout(drawn));
  }
}

/** Who writes or has the focus there must not lose it. */
function isHeld(element: Element): boolean {
  return element.contains(document.activeElement) || element.querySelector("textarea") !== null;
}

type Listener = (entry: IntersectionObserverEntry) => void;

const listeners = new WeakMap<Element, Listener>();
let observer: IntersectionObserver | undefined;

function watch(element: Element, listener: Listener): () => void {
  // The page scrolls where it is narrow, a part of it else; both count with a margin.
  const margin = `${MARGIN_PX}px 0px`;
  const options: IntersectionObserverInit & { readonly scrollMargin: string } = {
    root: document,
    rootMargin: margin,
    scrollMargin: margin,
  };
  observer ??= new IntersectionObserver((entries) => {
    for (const entry of entries) listeners.get(entry.target)?.(entry);
  }, options);
  listeners.set(element, listener);
  observer.observe(element);
  return () => {
    listeners.delete(element);
    observer?.unobserve(element);
  };
}
