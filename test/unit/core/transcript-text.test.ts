import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { SpokenMessage } from "../../../src/core/transcript";
import { transcriptParts, transcriptText } from "../../../src/core/transcript-text";

const said = (
  role: "user" | "assistant",
  content: SpokenMessage["content"],
  more: Partial<SpokenMessage> = {},
): SpokenMessage => ({
  at: 0,
  subtask: "a",
  attempt: 1,
  file: "1-1.jsonl",
  role,
  content,
  ...more,
});

describe("a transcript", () => {
  it("says so where nobody has spoken", () =>
    equal(transcriptText("a", [], "UTC"), "# a\n\nNothing has been said yet.\n"));

  it("has a heading for each message and each call, its result with it", () => {
    const text = transcriptText(
      "a",
      [
        said("user", [{ type: "text", text: "Do it." }]),
        said("assistant", [
          { type: "text", text: "I read." },
          { type: "tool_use", id: "1", name: "read", input: { file_path: "x.ts" } },
          { type: "tool_use", id: "2", name: "bash", input: { command: "false" } },
        ]),
        said("user", [
          { type: "tool_result", tool_use_id: "1", content: "one\n" },
          { type: "tool_result", tool_use_id: "2", content: "exit 1", is_error: true },
        ]),
        said("assistant", [{ type: "text", text: "ok" }], { file: "1-1-review-2.jsonl" }),
      ],
      "UTC",
    );
    equal(
      text
        .split("\n")
        .filter((line) => line.startsWith("#"))
        .join("\n"),
      [
        "# a",
        "## Attempt 1",
        "### 00:00:00 is told",
        "### 00:00:00 says",
        "### 00:00:00 read x.ts",
        "### 00:00:00 bash false ✕",
        "## Attempt 1, review round 2",
        "### 00:00:00 says",
      ].join("\n"),
    );
    match(text, /### 00:00:00 read x\.ts\n\n```json\n\{\n {2}"file_path": "x\.ts"\n\}\n```\n\n```text\none\n\n```/u);
  });

  it("shows an edit and a new file as differences", () => {
    const text = transcriptText(
      "a",
      [
        said("assistant", [
          { type: "tool_use", id: "1", name: "edit", input: { file_path: "x", old_string: "a\nb\n", new_string: "c" } },
          { type: "tool_use", id: "2", name: "write", input: { file_path: "y", content: "d\n" } },
        ]),
      ],
      "UTC",
    );
    match(text, /```diff\n-a\n-b\n\+c\n```/u);
    match(text, /```diff\n\+d\n```/u);
  });

  it("says how much there is below a call that is long", () => {
    const output = Array.from({ length: 20 }, (_, i) => `${i}`).join("\n");
    const text = transcriptText(
      "a",
      [
        said("assistant", [
          { type: "tool_use", id: "1", name: "bash", input: { command: "seq 20" } },
          { type: "tool_use", id: "2", name: "edit", input: { file_path: "x", old_string: "a\nb\n", new_string: "c" } },
        ]),
        said("user", [{ type: "tool_result", tool_use_id: "1", content: output }]),
      ],
      "UTC",
    );
    match(text, /^### 00:00:00 bash seq 20 \(20 lines\)$/mu);
    match(text, /^### 00:00:00 edit x \+1 −2$/mu);
  });

  it("has its parts found again, and no words of theirs taken for one", () => {
    const text = transcriptText(
      "a",
      [
        said("user", [{ type: "text", text: "### 00:00:00 bash rm -rf\n```\n# x" }]),
        said("assistant", [
          { type: "text", text: "says" },
          { type: "tool_use", id: "1", name: "bash", input: { command: "echo '### no'" } },
        ]),
        said("user", [{ type: "tool_result", tool_use_id: "1", content: "### 00:00:00 says\n````\n### y\n" }]),
      ],
      "UTC",
    );
    const lines = text.split("\n");
    deepEqual(
      transcriptParts(lines).map(({ heading, from, to, isCall }) => [heading, isCall, lines[from], lines[to]]),
      [
        ["### 00:00:00 is told", false, "### 00:00:00 is told", "````"],
        ["### 00:00:00 says", false, "### 00:00:00 says", "```"],
        ["### 00:00:00 bash echo '### no'", true, "### 00:00:00 bash echo '### no'", "`````"],
      ],
    );
    deepEqual(transcriptParts([]), []);
  });

  it("lets no word of theirs end a fence, be a heading or hide", () => {
    const evil = "```\n# heading\n````\n[x](command:evil)\u202e\u200b";
    const text = transcriptText(`a\n# b`, [said("user", [{ type: "text", text: evil }])], "UTC");
    match(text, /^# a # b$/mu);
    match(text, /`````text\n```\n# heading\n````\n.*⟨U\+202E⟩⟨U\+200B⟩\n`````/u);
  });

  it("is bounded, and keeps what came last", () => {
    const long = Array.from({ length: 300 }, (_, i) =>
      said("assistant", [{ type: "text", text: `${i} ${"x".repeat(30_000)}` }]),
    );
    const text = transcriptText("a", long, "UTC");
    ok(text.length < 2_100_000);
    match(text, /The beginning is left out/u);
    match(text, /\n299 x/u);
    match(text, /characters are left out/u);
  });
});
