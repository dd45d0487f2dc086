import { doesNotMatch, equal, match } from "node:assert/strict";
import { failure } from "../../../src/core/failure";
import { asText, failureText } from "../../../src/host/as-text";

/** What VS Code makes of a notification's text: links to web pages, files and commands, and icons. */
const BECOMES_SOMETHING = /\[[^\]]+\]\([^)]*\)|\$\([a-z0-9-]+(?:~[a-z-]+)?\)/iu;

describe("text of a stranger's in a notification (W06)", () => {
  const check = (given: string, shown: string) => it(JSON.stringify(given), () => equal(asText(given), shown));
  check("[x](command:braid.accept)", "[x] (command:braid.accept)");
  check("[x](https://sink.example/?d=1)", "[x] (https://sink.example/?d=1)");
  check('[x](file:///etc/passwd "t")', '[x] (file:///etc/passwd "t")');
  check("$(trash) gone", "$ (trash) gone");
  check("$(sync~spin)", "$ (sync~spin)");
  check("a\n\n  b\tc", "a b c");
  check("\u202eevil\u2066", "⟨U+202E⟩evil⟨U+2066⟩");
  check("x".repeat(400), `${"x".repeat(299)}…`);
  // Nothing that is taken away puts a link together again.
  for (const joint of ["\u200b", "\u0000", "\u202e", "\n"])
    it(`[x]${JSON.stringify(joint)}(command:y)`, () =>
      doesNotMatch(asText(`[x]${joint}(command:y)`), BECOMES_SOMETHING));

  it("a failure keeps its way out, however long what went wrong is", () => {
    const text = failureText(
      failure("git.failed", `git reset failed: [click](command:workbench.action.terminal.new) ${"x".repeat(900)}`, {
        hint: "See [this](https://sink.example).",
      }),
    );
    doesNotMatch(text, BECOMES_SOMETHING);
    match(text, /See \[this\] \(https/u);
  });
});
