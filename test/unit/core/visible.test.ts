import assert from "node:assert/strict";
import { visiblePieces, visibleText, withoutColours, type Place } from "../../../src/core/visible";

describe("visibleText", () => {
  const rows: readonly (readonly [string, Place, string, string])[] = [
    ["plain text", "code", "const a = 1;\t// tab", "const a = 1;\t// tab"],
    ["bidi override", "code", "admin\u202e", "admin⟨U+202E⟩"],
    ["bidi isolates", "prose", "\u2066a\u2069", "⟨U+2066⟩a⟨U+2069⟩"],
    ["Arabic letter mark", "code", "\u061c", "⟨U+061C⟩"],
    ["zero width", "code", "a\u200bb\u200cc\u200dd\ufeff", "a⟨U+200B⟩b⟨U+200C⟩c⟨U+200D⟩d⟨U+FEFF⟩"],
    ["soft hyphen", "prose", "a\u00adb", "a⟨U+00AD⟩b"],
    ["Hangul filler", "code", "var \u3164", "var ⟨U+3164⟩"],
    ["tag characters", "prose", "hi\u{e0041}", "hi⟨U+E0041⟩"],
    ["a lone surrogate", "code", "\ud800x", "⟨U+D800⟩x"],
    ["private use", "code", "\ue000", "⟨U+E000⟩"],
    ["an escape sequence", "code", "\u001b[2J", "⟨U+001B⟩[2J"],
    ["C1 controls", "code", "\u009b31m", "⟨U+009B⟩31m"],
    ["a line end in a path", "code", "a\nb", "a⟨U+000A⟩b"],
    ["a line end in prose", "prose", "a\nb", "a\nb"],
    ["a separator", "prose", "a\u2028b", "a⟨U+2028⟩b"],
    ["a no-break blank in code", "code", "a\u00a0b", "a⟨U+00A0⟩b"],
    ["a no-break blank in prose", "prose", "a\u00a0!", "a\u00a0!"],
    ["an emoji of several points", "prose", "👩‍💻 ❤️ 👍🏽", "👩‍💻 ❤️ 👍🏽"],
    ["a hidden run of selectors after an emoji", "prose", "❤\ufe0f\ufe0f", "❤\ufe0f⟨U+FE0F⟩"],
    ["a joiner after an emoji and before text", "prose", "👩\u200da", "👩⟨U+200D⟩a"],
    ["other scripts", "code", "日本語 Ελλάδα עברית", "日本語 Ελλάδα עברית"],
  ];
  for (const [name, place, text, expected] of rows)
    it(name, () => {
      assert.equal(visibleText(text, place), expected);
      assert.equal(
        visiblePieces(text, place)
          .map((piece) => piece.text)
          .join(""),
        expected,
      );
    });

  it("marks are pieces of their own", () => {
    assert.deepEqual(visiblePieces("a\u202eb", "code"), [
      { kind: "text", text: "a" },
      { kind: "mark", text: "⟨U+202E⟩" },
      { kind: "text", text: "b" },
    ]);
  });
});

describe("withoutColours", () => {
  it("drops colours and carriage returns, and nothing else", () => {
    assert.equal(withoutColours("\u001b[1;31mred\u001b[0m\r\nend\u001b[2J"), "red\nend\u001b[2J");
  });
});
