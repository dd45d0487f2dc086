import { deepEqual, equal, match } from "node:assert/strict";
import { MAX_NOTE_BYTES, noteTools, type Notes } from "../../../src/agent/notes";
import { contextOf } from "./agent";

/** Notes in memory, with room for two. */
function memory(): Notes {
  const kept = new Map<string, string>();
  return {
    list: () => [...kept].map(([name, content]) => ({ name, subtask: "a", bytes: Buffer.byteLength(content) })),
    read: async (name) => (kept.has(name) ? [{ subtask: "a", content: kept.get(name) ?? "" }] : []),
    async write(name, content) {
      if (kept.size === 2 && !kept.has(name)) return "No room.";
      kept.set(name, content);
      return undefined;
    },
  };
}

function use(notes: Notes = memory()) {
  const call = async (name: string, input: unknown) => {
    const tool = noteTools(notes).find((t) => t.spec.name === name);
    const { content, isError } = (await tool?.call(input, contextOf(new AbortController().signal))) ?? { content: "" };
    return isError === true ? `! ${content}` : content;
  };
  return {
    write: (name: unknown, content: unknown) => call("write_note", { name, content }),
    read: (input: unknown = {}) => call("read_note", input),
  };
}

describe("notes", () => {
  it("are kept, listed and read by name", async () => {
    const { write, read } = use();
    equal(await read(), "No notes yet.");
    equal(await write(" design ", "é"), 'Kept "design".');
    equal(await read(), "- design (a, 2 bytes)");
    equal(await read({ name: "design" }), "Note of a:\né");
  });
  it("nobody wrote are named as such, with those there are", async () => {
    const { write, read } = use();
    await write("design", "x");
    equal(await read({ name: "plan" }), '! There is no note "plan". - design (a, 1 bytes)');
  });
  it("of one name by two are both read, up to a limit", async () => {
    const content = "x".repeat(MAX_NOTE_BYTES);
    const both = [
      { subtask: "a", content },
      { subtask: "b", content },
    ];
    const text = await use({ ...memory(), read: async () => both }).read({ name: "n" });
    equal(text.length, 48_000 + "\n(Cut.)".length);
    match(text, /^Note of a:\nx+\n\nNote of b:\nx+\n\(Cut\.\)$/u);
  });
  it("are refused past their number, in the words of who keeps them", async () => {
    const { write } = use();
    await write("a", "1");
    await write("b", "2");
    deepEqual([await write("c", "3"), await write("a", "4")], ["! No room.", 'Kept "a".']);
  });
  for (const [what, name, content, words] of [
    ["too long by a byte", "n", `é${"x".repeat(MAX_NOTE_BYTES - 1)}`, /has 32001 bytes; at most 32000/u],
    ["without a name", "  ", "x", /Invalid input for write_note/u],
    ["with a name of two lines", "a\nb", "x", /one line/u],
    ["with an endless name", "x".repeat(81), "x", /Invalid input/u],
    ["without content", "n", "", /Invalid input/u],
  ] as const)
    it(`${what} are refused`, async () => match(await use().write(name, content), words));
  it("of exactly the limit are kept", async () =>
    equal(await use().write("n", "x".repeat(MAX_NOTE_BYTES)), 'Kept "n".'));
  it("reading goes on beside other reading, writing does not", () =>
    deepEqual(
      noteTools(memory()).map((tool) => [tool.spec.name, tool.readOnly]),
      [
        ["write_note", false],
        ["read_note", true],
      ],
    ));
});
