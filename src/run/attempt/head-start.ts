/** A while in which something else goes first. */
export interface HeadStart {
  /** Resolves when it is over. */
  readonly over: Promise<void>;
  /** Ends it early. */
  readonly end: () => void;
}

/** Gives everything else a head start of `ms` milliseconds. */
export function headStart(ms: number): HeadStart {
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    end = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { over, end };
}
