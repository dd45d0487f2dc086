import { deepEqual, equal } from "node:assert/strict";
import { linesOf, mapLine } from "../../../src/core/review/map-line";
import { random } from "../../support/random";

describe("a line followed from one text to another", () => {
  const table: readonly (readonly [string, string, string, number, number | undefined])[] = [
    ["stays where nothing changed", "a b c", "a b c", 2, 2],
    ["stays above a change", "a b c", "a b X", 1, 1],
    ["moves down with lines put in above", "a b c", "X Y a b c", 3, 5],
    ["moves up with lines taken out above", "a b c d", "c d", 4, 2],
    ["moves between two changes", "a b c d e", "X a b c d Y e", 3, 4],
    ["is gone where it was changed", "a b c", "a X c", 2, undefined],
    ["is gone where it was taken out", "a b c", "a c", 2, undefined],
    ["is gone with the file's whole text", "a b c", "", 2, undefined],
    ["is found where it moved to by itself", "a b c d e", "d a b c X", 4, 1],
    ["is told from its like by its neighbours", "1 x } 2 y } 3", "0 1 x } 2 y } 4", 3, 4],
    ["is not guessed among its likes", "} } } 9", "0 } } } } 8", 2, undefined],
    ["is none before the first", "a", "a", 0, undefined],
    ["is none behind the last", "a", "a", 2, undefined],
  ];
  for (const [what, before, after, line, expected] of table)
    it(what, () => equal(mapLine(before.split(" "), after.split(" "), line), expected));

  it("that is blank is not looked for", () => equal(mapLine(["a", "", "b"], ["X", "", "Y"], 2), undefined));
  it("never leads to other words", () => {
    const below = random(7);
    for (let round = 0; round < 500; round += 1) {
      const text = () => Array.from({ length: 1 + below(12) }, () => "abc".charAt(below(3)));
      const [before, after] = [text(), text()];
      before.forEach((words, i) => {
        const found = mapLine(before, after, i + 1);
        if (found !== undefined) equal(after[found - 1], words);
      });
    }
  });
});

it("lines end as systems end them", () => deepEqual(linesOf("a\r\nb\nc\rd\n"), ["a", "b", "c", "d", ""]));
