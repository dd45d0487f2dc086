/** How large a test is to be: `quick` in `npm run check`, else as `npm test` was asked. */
export type TestSize = "quick" | "normal" | "more" | "full";

/** The size this process tests at. */
export const TEST_SIZE: TestSize = sizeOf(process.env["BRAID_TEST_SIZE"]);

/** `small` where the answer must be there while somebody waits to commit, else `large`. */
export function unlessQuick<T>(large: T, small: T): T {
  return TEST_SIZE === "quick" ? small : large;
}

function sizeOf(value: string | undefined): TestSize {
  return value === "quick" || value === "more" || value === "full" ? value : "normal";
}
