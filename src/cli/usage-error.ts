/** The words were not understood; the message says which. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
