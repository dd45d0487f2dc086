import type { ModelProgress } from "./model";

/** Tells a listener; one that throws is a bug of its owner, to be seen, but no reason to call an answer broken. */
export function showProgress(
  progress: ModelProgress,
  onProgress: ((progress: ModelProgress) => void) | undefined,
): void {
  try {
    onProgress?.(progress);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
