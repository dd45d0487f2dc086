import { deepEqual, equal, rejects } from "node:assert/strict";
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { openWorkPlace, type WorkPlace } from "../../../src/run/attempt/work-place";
import { areBytesPlain } from "../../../src/git/plain-bytes";
import { openRepository } from "../../../src/git/repository";
import { listTree } from "../../../src/git/tree-listing";
import { awkwardRepo } from "../../support/awkward-repo";
import { portsFor } from "../../support/run-ports";
import { tempFolder, type TempRepo } from "../../support/temp-repo";

const { signal } = new AbortController();

describe("files that git keeps as they are", function () {
  this.timeout(60_000);
  let repo: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  beforeEach(() => {
    repo = awkwardRepo({ attributes: false });
    trees = tempFolder();
  });
  afterEach(() => {
    repo.dispose();
    trees.dispose();
  });
  const head = () => repo.git("rev-parse", "HEAD");
  const isPlain = async () => {
    const opened = await openRepository(repo.dir);
    return areBytesPlain(opened, await listTree(opened, head()));
  };
  const entries = async (place: WorkPlace) => repo.git("ls-tree", "-r", await place.snapshot()).split("\n");

  it("are kept by Braid as git would keep them, until there is something that changes them", async () => {
    const places = await Promise.all(
      [false, true].map(async (allFiles, i) => {
        const ports = await portsFor(repo.dir, trees.dir, { allFiles });
        return openWorkPlace(ports, { name: `w${i}`, commit: head(), writable: true, signal });
      }),
    );
    const [few, all] = places;
    if (few === undefined || all === undefined) throw new Error("two");
    const write = async (path: string, text: string) => {
      for (const { workspace } of places) equal((await workspace.write(path, Buffer.from(text, "latin1"))).ok, true);
    };
    await write("crlf.txt", "one\r\nTWO\r\n");
    await write("src/bytes", "\0\u00ff\r\n");
    await write("run.sh", "#!/bin/sh\ntrue\n");
    await write("build/ignored", "x\n");
    await write("kept.log", "tracked and ignored\n");
    await write("deep/new/file.txt", "new\n");
    deepEqual([await few.changed(), await all.changed()], [true, true]);
    deepEqual(await entries(few), await entries(all));
    await write(".gitattributes", "deep/crlf.txt text\n");
    await write("deep/crlf.txt", "a\r\nb\r\n");
    deepEqual(await entries(few), await entries(all));
    equal(repo.git("show", `${await few.snapshot()}:deep/crlf.txt`), "a\nb");
    await Promise.all(places.map((place) => place.close()));
  });

  it("are written many at once as a checkout writes them, whatever their size, and never over something", async () => {
    const outside = tempFolder();
    for (let i = 0; i < 80; i += 1) repo.write(`many/sub${i % 3}/${i}.txt`, `needle ${i}\n${"x".repeat(i * 20)}`);
    for (const i of [1, 2, 3, 4]) repo.write(`many/large${i}.txt`, `needle\n${`${i}`.repeat(1_400_000)}`);
    repo.write("many/same.txt", `needle 1\n${"x".repeat(20)}`);
    repo.write("many/medium.txt", `needle\n${"m".repeat(70_000)}`);
    chmodSync(join(repo.dir, "many/sub1/1.txt"), 0o755);
    symlinkSync("sub1/1.txt", join(repo.dir, "many/link"));
    repo.commit("many");
    const open = async (name: string, allFiles = false) =>
      openWorkPlace(await portsFor(repo.dir, trees.dir, { allFiles }), {
        name,
        commit: head(),
        writable: true,
        signal,
      });
    const [few, all, led] = [await open("few"), await open("all", true), await open("led")];
    const grep = ({ workspace }: WorkPlace) => workspace.grep("needle", { path: "many", limit: 100, signal });
    const seen = (dir: string) =>
      readdirSync(join(dir, "many"), { recursive: true, encoding: "utf8" })
        .toSorted()
        .map((path) => {
          const at = join(dir, "many", path);
          const { mode } = lstatSync(at);
          return [path, mode, lstatSync(at).isFile() ? readFileSync(at, "latin1") : ""];
        });
    for (const place of [few, all]) {
      await place.workspace.write("many/sub0/0.txt", Buffer.from("mine\n"));
      const found = await grep(place);
      equal(found.ok && found.value.lines.length, 85);
    }
    // Who is not to be read is there for a checkout alone.
    await few.workspace.read("many/link");
    deepEqual(seen((await few.made).dir), seen((await all.made).dir));
    equal(await few.snapshot(), await all.snapshot());

    // Somebody made a folder lead elsewhere.
    const { dir } = await led.made;
    await led.workspace.read("run.sh");
    mkdirSync(join(dir, "many"));
    symlinkSync(outside.dir, join(dir, "many/sub1"));
    await rejects(grep(led), /many\/sub1 leads elsewhere/u);
    deepEqual(readdirSync(outside.dir), []);
    await Promise.all([few, all, led].map((place) => place.close()));
    outside.dispose();
  });

  const NOT: Readonly<Record<string, () => void>> = {
    "attributes in the commit": () => {
      repo.write("src/.gitattributes", "*.txt text\n");
      repo.git("add", "src/.gitattributes");
      repo.git("commit", "-qm", "attributes");
    },
    "attributes of the repository's own": () => repo.write(".git/info/attributes", "*.txt text\n"),
    "line ends by a setting": () => repo.git("config", "core.autocrlf", "input"),
    "no modes": () => repo.git("config", "core.fileMode", "false"),
    "no links": () => repo.git("config", "core.symlinks", "false"),
    "attributes elsewhere": () => repo.git("config", "core.attributesFile", "/nowhere"),
  };
  for (const [what, make] of Object.entries(NOT))
    it(`are not said to be where there are ${what}`, async () => {
      equal(await isPlain(), true);
      make();
      equal(await isPlain(), false);
    });
});
