import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "mocha";
import { CHUNK, NOTHING, toChunked, valueAt, valuesOf, type Chunked } from "../../../src/core/state/chunked";
import { COPIES, ownCopies } from "../../../src/core/state/own";

const numbers = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);
const LENGTHS = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 1_000];

describe("a list in pieces", () => {
  for (const length of LENGTHS)
    it(`holds ${length} values in their order`, () => {
      const list = toChunked(numbers(length));
      equal(list.length, length);
      deepEqual(valuesOf(list), numbers(length));
      deepEqual(
        numbers(length).map((i) => valueAt(list, i)),
        numbers(length),
      );
      deepEqual([valueAt(list, -1), valueAt(list, length)], [undefined, undefined]);
    });

  it("grows value by value to the same as at once", () => {
    for (const own of [COPIES, ownCopies()]) {
      const grown = numbers(100).reduce<Chunked<number>>((list, i) => own.put(list, list.length, i), NOTHING);
      deepEqual(grown, toChunked(numbers(100)));
    }
  });

  it("shares every piece but the one that is changed, and stays as it was", () => {
    const list = toChunked(numbers(100));
    const changed = COPIES.put(list, CHUNK, -1);
    deepEqual(valuesOf(list), numbers(100));
    deepEqual(valuesOf(changed), numbers(100).with(CHUNK, -1));
    deepEqual(
      changed.chunks.map((chunk, i) => chunk === list.chunks[i]),
      [true, false, true, true],
    );
  });

  it("is changed in place by who owns it, but for what others have seen", () => {
    const own = ownCopies();
    const list = toChunked(numbers(100));
    const once = own.put(list, 0, -1);
    const twice = own.put(once, 1, -2);
    deepEqual(valuesOf(list), numbers(100));
    equal(twice.chunks, once.chunks);
    deepEqual(valuesOf(twice), numbers(100).with(0, -1).with(1, -2));
  });
});
