/** How many values a piece has, but for the last one. */
export const CHUNK = 32;

/**
 * A list in short pieces: one with another value at a place shares all pieces with it but one, so that a change of a list of a thousand
 * copies two short arrays rather than a long one. Two of the same values have the same pieces.
 */
export interface Chunked<T> {
  readonly length: number;
  readonly chunks: readonly (readonly T[])[];
}

/** No values. */
export const NOTHING: Chunked<never> = { length: 0, chunks: [] };

/** A list of these values. */
export function toChunked<T>(values: readonly T[]): Chunked<T> {
  const chunks = Array.from({ length: Math.ceil(values.length / CHUNK) }, (_, i) =>
    values.slice(i * CHUNK, (i + 1) * CHUNK),
  );
  return { length: values.length, chunks };
}

/** All of its values, in order. */
export function valuesOf<T>({ chunks }: Chunked<T>): readonly T[] {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : chunks.flat();
}

/** The value at a place; undefined where there is none. */
export function valueAt<T>({ chunks }: Chunked<T>, at: number): T | undefined {
  return chunks[Math.floor(at / CHUNK)]?.[at % CHUNK];
}
