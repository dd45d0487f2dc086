/** Runs one action after the other, in the order they were asked for; a failure holds up nobody behind it. */
export interface InTurn {
  <T>(action: () => Promise<T>): Promise<T>;
  /** Resolves when all that was asked for so far has ended; never rejects. */
  settled(): Promise<unknown>;
}

/** A queue of its own, with nothing in it. */
export function inTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  const run = <T>(action: () => Promise<T>): Promise<T> => {
    const done = last.then(action);
    last = done.catch(() => undefined);
    return done;
  };
  return Object.assign(run, { settled: () => last });
}
