/** Loads the rest of the command line; in the package `packed-rest` stands in its place. */
export async function loadRest(): Promise<void> {
  await import("./start");
}
