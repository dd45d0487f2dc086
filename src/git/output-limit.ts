/** Counts what a process prints; `signal` aborts at the first byte too many. */
export interface OutputLimit {
  readonly signal: AbortSignal;
  watch(output: NodeJS.ReadableStream): void;
  /** What was printed up to the limit. */
  bytes(): Buffer;
}

/** A limit of `maxBytes` on the output of one process. */
export function outputLimit(maxBytes: number): OutputLimit {
  const controller = new AbortController();
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    signal: controller.signal,
    watch(output) {
      output.on("data", (chunk: Buffer) => {
        if (size > maxBytes) return;
        chunks.push(chunk);
        size += chunk.length;
        if (size > maxBytes) controller.abort();
      });
    },
    bytes: () => Buffer.concat(chunks).subarray(0, maxBytes),
  };
}
