import assert from "node:assert/strict";
import type { DiffLine, FileDiff } from "../../../src/core/review/diff";
import { fileWords } from "../../../src/core/review/file-words";

/** A file whose hunk has these lines: sign, text, and `$` for "no newline". */
function file(more: Partial<FileDiff>, ...lines: readonly string[]): FileDiff {
  const hunk = {
    oldStart: 1,
    oldLines: 1,
    newStart: 1,
    newLines: 1,
    heading: "",
    lines: lines.map((line): DiffLine => ({
      kind: line.startsWith("+") ? "added" : line.startsWith("-") ? "deleted" : "context",
      text: line.slice(1).replace(/\$$/u, ""),
      ...(line.endsWith("$") ? { noNewline: true } : {}),
    })),
  };
  return { path: "a", status: "modified", binary: false, hunks: lines.length > 0 ? [hunk] : [], ...more };
}

const A = "a".repeat(40);
const B = "b".repeat(40);

describe("fileWords", () => {
  const rows: readonly (readonly [string, FileDiff, string, readonly string[], boolean])[] = [
    ["a change", file({}, "-a", "+b"), "Modified", [], true],
    [
      "a mode",
      file({ oldMode: "100644", newMode: "100755" }),
      "Modified",
      ["File mode: plain file → executable file (100644 → 100755)."],
      false,
    ],
    [
      "a kind",
      file({ status: "type-changed", oldMode: "100644", newMode: "120000" }, "-a", "+b$"),
      "Type changed",
      ["File mode: plain file → symbolic link (100644 → 120000)."],
      true,
    ],
    [
      "an unknown mode",
      file({ oldMode: "100644", newMode: "100600" }),
      "Modified",
      ["File mode: plain file → mode 100600 (100644 → 100600)."],
      false,
    ],
    [
      "a new executable",
      file({ status: "added", newMode: "100755" }, "+a"),
      "Added",
      ["Executable file (100755)."],
      true,
    ],
    ["a new plain file", file({ status: "added", newMode: "100644" }, "+a"), "Added", [], true],
    ["a new link", file({ status: "added", newMode: "120000" }, "+to$"), "Added", ["Symbolic link to “to”."], true],
    ["an empty file", file({ status: "added", newMode: "100644" }), "Added", ["Empty file."], false],
    ["an empty file gone", file({ status: "deleted", oldMode: "100644" }), "Deleted", ["The file was empty."], false],
    ["a mere rename", file({ status: "renamed", from: "b" }), "Renamed", ["Renamed without other changes."], false],
    ["bytes nobody measured", file({ binary: true }), "Modified", ["Binary, or too large to compare."], false],
    [
      "bytes",
      file({ binary: true, bytes: { base: 1_200, result: 3_450_000 } }),
      "Modified",
      ["Binary, 1.2 kB → 3.5 MB."],
      false,
    ],
    [
      "as many bytes",
      file({ binary: true, bytes: { base: 12, result: 12 } }),
      "Modified",
      ["Binary, still 12 B."],
      false,
    ],
    [
      "new bytes",
      file({ status: "added", binary: true, newMode: "100644", bytes: { base: null, result: 0 } }),
      "Added",
      ["Binary, 0 B."],
      false,
    ],
    [
      "a huge text",
      file({ binary: true, bytes: { base: 10, result: 99_000_000 } }),
      "Modified",
      ["Too large to compare, 10 B → 99 MB."],
      false,
    ],
    [
      "a link that leads elsewhere now",
      file({ path: "a/b", oldMode: "120000", newMode: "120000" }, "-../x$", "+../../y$"),
      "Modified",
      ["Symbolic link, from “../x” to “../../y”.", "It leads out of the repository."],
      true,
    ],
    [
      "a link to anywhere",
      file({ status: "added", newMode: "120000" }, "+/etc/passwd$"),
      "Added",
      ["Symbolic link to “/etc/passwd”.", "It leads out of the repository."],
      true,
    ],
    [
      "a link with a hidden sign",
      file({ status: "added", newMode: "120000" }, "+a\u202eb$"),
      "Added",
      ["Symbolic link to “a⟨U+202E⟩b”."],
      true,
    ],
    [
      "a link gone",
      file({ status: "deleted", oldMode: "120000" }, "-x$"),
      "Deleted",
      ["Symbolic link that led to “x”."],
      true,
    ],
    ["a copy", file({ status: "added", from: "b", newMode: "100644" }, "+a"), "Copied", [], true],
    ["a rename with changes", file({ status: "renamed", from: "b" }, "-a", "+b"), "Renamed", [], true],
    [
      "what is not UTF-8",
      file({}, "-a", "+caf\ufffd"),
      "Modified",
      ["Some bytes are not UTF-8 and are shown as \ufffd here. What is accepted has them as they are."],
      true,
    ],
    [
      "a submodule moved",
      file({ oldMode: "160000", newMode: "160000" }, `-Subproject commit ${A}`, `+Subproject commit ${B}`),
      "Modified",
      ["Submodule moves from commit aaaaaaaaaa to bbbbbbbbbb."],
      false,
    ],
    [
      "a submodule added",
      file({ status: "added", newMode: "160000" }, `+Subproject commit ${A}`),
      "Added",
      ["Submodule at commit aaaaaaaaaa."],
      false,
    ],
    [
      "a submodule removed",
      file({ status: "deleted", oldMode: "160000" }, `-Subproject commit ${A}`),
      "Deleted",
      ["Submodule at commit aaaaaaaaaa is removed."],
      false,
    ],
    ["CRLF to LF", file({}, "-a\r", "+a"), "Modified", ["Only line ends change: CRLF → LF."], true],
    ["LF to CRLF", file({}, "-a", "-b", "+a\r", "+b\r"), "Modified", ["Only line ends change: LF → CRLF."], true],
    ["mixed line ends", file({}, "-a\r", "-b", "+a", "+b"), "Modified", ["Only line ends change: mixed → LF."], true],
    ["line ends and text", file({}, "-a\r", "+b"), "Modified", [], true],
    [
      "a last newline added",
      file({}, "-a$", "+a"),
      "Modified",
      ["Only a newline at the end of the file is added."],
      true,
    ],
    [
      "a last newline removed",
      file({}, "-a", "+a$"),
      "Modified",
      ["Only a newline at the end of the file is removed."],
      true,
    ],
  ];
  for (const [name, shown, status, notes, lines] of rows)
    it(name, () => {
      const words = fileWords(shown);
      assert.deepEqual([words.status, words.notes, words.lines], [status, notes, lines]);
    });

  it("marks carriage returns only where they differ", () => {
    assert.equal(fileWords(file({}, " a\r", "+b")).markReturns, true);
    assert.equal(fileWords(file({}, " a\r", "+b\r")).markReturns, false);
    assert.equal(fileWords(file({}, " a", "+b")).markReturns, false);
  });
});
