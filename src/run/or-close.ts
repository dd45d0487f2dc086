/** Begins with a run; where that fails the run is closed first, as nobody else could have it while this process lives. */
export async function orClose<T extends { close(): Promise<void> }>(run: T, begin: () => Promise<void>): Promise<T> {
  try {
    await begin();
    return run;
  } catch (error) {
    await run.close();
    throw error;
  }
}
