import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { openWorkspace } from "../../src/agent/jail";
import type { Shell } from "../../src/agent/shell";
import type { ToolContext, ToolOutput } from "../../src/agent/tool";
import { editTool } from "../../src/agent/tools/edit";
import type { EditCase } from "../fixtures/edit-case";
import { EDIT_CASES } from "../fixtures/edit-cases";
import { MORE_EDIT_CASES } from "../fixtures/more-edit-cases";
import { never } from "../support/model-request";
import { tempFolder } from "../support/temp-repo";

let folder: ReturnType<typeof tempFolder>;
let context: ToolContext;
before(async () => {
  folder = tempFolder();
  context = {
    workspace: await openWorkspace({ root: folder.dir, writable: true }),
    shell: {} as Shell,
    signal: never(),
  };
});
after(() => folder.dispose());

const at = (name: string) => join(folder.dir, name);
const edit = (file: string, old: string, text: string, all?: boolean): Promise<ToolOutput> =>
  editTool.call(
    { file_path: file, old_string: old, new_string: text, ...(all === undefined ? {} : { replace_all: all }) },
    context,
  );

async function check(c: EditCase): Promise<void> {
  const encoding = c.latin1 === true ? "latin1" : "utf8";
  const bytes = Buffer.from(c.before, encoding);
  writeFileSync(at("file.txt"), bytes);
  const output = await edit("file.txt", c.old, c.new, c.all);
  const after = readFileSync(at("file.txt"));
  equal(output.isError ?? false, c.after === undefined, output.content);
  if (c.after === undefined) {
    ok(after.equals(bytes), "a refused edit leaves the file alone");
    match(output.content, c.refused ?? /^never$/u);
  } else ok(after.equals(Buffer.from(c.after, encoding)), after.toString(encoding).slice(0, 300));
  deepEqual(readdirSync(folder.dir), ["file.txt"], "nothing is left beside it");
}

const CASES = { ...EDIT_CASES, ...MORE_EDIT_CASES };

describe("the edit tool on real files", () => {
  for (const [group, cases] of Object.entries(CASES))
    describe(group, () => {
      for (const c of cases) it(c.name, () => check(c));
    });
  it("has at least 200 of these cases", () => ok(Object.values(CASES).flat().length >= 200));

  describe("and what is not text in them", () => {
    const setUp = (name: string, bytes: string | Buffer, mode = 0o644) => {
      writeFileSync(at(name), bytes);
      chmodSync(at(name), mode);
    };
    for (const mode of [0o755, 0o700, 0o644, 0o600, 0o640])
      it(`mode ${mode.toString(8)} is kept`, async () => {
        setUp("mode", "a\n", mode);
        equal((await edit("mode", "a", "b")).isError, undefined);
        equal(statSync(at("mode")).mode & 0o777, mode);
      });
    it("a link inside is not replaced by a file, and what it leads to stays", async () => {
      setUp("real", "a\n");
      symlinkSync("real", at("link"));
      const output = await edit("link", "a", "b");
      equal(output.isError, true);
      equal(readlinkSync(at("link")), "real");
      equal(readFileSync(at("real"), "utf8"), "a\n");
    });
    it("a link to the outside stays closed", async () => {
      const outside = tempFolder();
      writeFileSync(join(outside.dir, "secret"), "a\n");
      symlinkSync(join(outside.dir, "secret"), at("out"));
      equal((await edit("out", "a", "b")).isError, true);
      equal(readFileSync(join(outside.dir, "secret"), "utf8"), "a\n");
      outside.dispose();
    });
    it("another name of the same file keeps what it had", async () => {
      setUp("first", "a\n");
      linkSync(at("first"), at("second"));
      await edit("first", "a", "b");
      deepEqual([readFileSync(at("first"), "utf8"), readFileSync(at("second"), "utf8")], ["b\n", "a\n"]);
    });
    for (const [what, name, bytes, words] of [
      ["a binary file", "bin", Buffer.from([1, 0, 2]), /binary/u],
      ["UTF-16", "wide", Buffer.from("\ufeffold", "utf16le"), /binary/u],
      ["a file that is too large", "big", Buffer.alloc(20 * 1024 * 1024, "a\n"), /over \d+ MB/u],
    ] as const)
      it(`${what} is refused and stays`, async () => {
        setUp(name, bytes);
        const output = await edit(name, "old", "new");
        match(output.content, words);
        equal(output.isError, true);
        ok(readFileSync(at(name)).equals(bytes));
      });
    it("a folder, a file that is not there, a path outside", async () => {
      mkdirSync(at("dir"));
      for (const path of ["dir", "nope.txt", "../x", "/etc/passwd", ".git/config", ""])
        equal((await edit(path, "a", "b")).isError, true, path);
    });
    it("arguments of the wrong kind", async () => {
      for (const input of [{}, { file_path: "a" }, { file_path: 1, old_string: "a", new_string: "b" }, null, "edit"])
        equal((await editTool.call(input, context)).isError, true);
    });
    it("edits one after the other each see the last one's work", async () => {
      setUp("many", "0\n");
      for (let n = 0; n < 20; n += 1) await edit("many", `${n}\n`, `${n + 1}\n`);
      equal(readFileSync(at("many"), "utf8"), "20\n");
    });
  });
});
