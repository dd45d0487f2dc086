import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cacheFolder, chosenBuild, ensureVSCodeServer, FLOOR, NEWEST } from "../../workbench/install";
import { ROOT } from "../../workbench/root";

describe("installing VS Code's server", () => {
  let cache: string;
  beforeEach(() => (cache = mkdtempSync(join(tmpdir(), "braid-install-"))));
  afterEach(() => rmSync(cache, { recursive: true, force: true }));

  /** A build that is quick and can be told to fail half-way; counts how often it was needed. */
  function builder() {
    const state = { builds: 0, failing: false };
    const build = async (folder: string) => {
      state.builds += 1;
      const main = join(folder, "node_modules/code-server/lib/vscode/out/server-main.js");
      await mkdir(dirname(main), { recursive: true });
      await writeFile(main, "// server\n");
      if (state.failing) throw new Error("the network went away");
    };
    return { state, build };
  }

  it("builds once and finds it the next time", async () => {
    const { state, build } = builder();
    const first = await ensureVSCodeServer({ cache, build });
    const second = await ensureVSCodeServer({ cache, build });
    assert.equal(state.builds, 1);
    assert.deepEqual(second, first);
    assert.equal(existsSync(first.main), true);
  });

  it("leaves nothing behind when the build fails, and the next try builds afresh", async () => {
    const { state, build } = builder();
    state.failing = true;
    await assert.rejects(ensureVSCodeServer({ cache, build }), /the network went away/u);
    assert.deepEqual(readdirSync(cache), []);
    state.failing = false;
    assert.equal(existsSync((await ensureVSCodeServer({ cache, build })).main), true);
  });

  it("does not take a folder without the marker for an install", async () => {
    const { state, build } = builder();
    const { main } = await ensureVSCodeServer({ cache, build });
    const folder = main.slice(0, main.indexOf("/node_modules/"));
    rmSync(join(folder, "braid-installed.json"));
    await ensureVSCodeServer({ cache, build });
    assert.equal(state.builds, 2);
    assert.equal(existsSync(join(folder, "braid-installed.json")), true);
  });

  it("lets two installs at once end with one whole server", async () => {
    const { build } = builder();
    const both = await Promise.all([ensureVSCodeServer({ cache, build }), ensureVSCodeServer({ cache, build })]);
    assert.equal(both[0].main, both[1].main);
    assert.equal(existsSync(both[0].main), true);
    assert.equal(readdirSync(cache).length, 1);
  });

  it("keeps each version beside the others, with the Node that runs it", async () => {
    const { state, build } = builder();
    const floor = await ensureVSCodeServer({ cache, build, which: FLOOR });
    const newest = await ensureVSCodeServer({ cache, build, which: NEWEST });
    assert.equal(state.builds, 2);
    assert.equal(readdirSync(cache).length, 2);
    assert.equal(floor.node, process.execPath);
    assert.ok(newest.node.startsWith(newest.main.slice(0, newest.main.indexOf("/node_modules/"))), newest.node);
  });

  const choices = [
    { asked: undefined, vscode: "1.100.3" },
    { asked: "", vscode: "1.100.3" },
    { asked: "floor", vscode: "1.100.3" },
    { asked: "1.100", vscode: "1.100.3" },
    { asked: "newest", vscode: "1.139.1" },
    { asked: "1.139", vscode: "1.139.1" },
    { asked: "1.139.1", vscode: "1.139.1" },
  ];
  for (const { asked, vscode } of choices)
    it(`takes ${vscode} for ${JSON.stringify(asked)}`, () =>
      assert.equal(chosenBuild({ BRAID_VSCODE: asked }).vscode, vscode));

  it("names what there is where another version is asked for", () => {
    for (const asked of ["1.1", "stable", "1.139.10"])
      assert.throws(
        () => chosenBuild({ BRAID_VSCODE: asked }),
        new Error(`BRAID_VSCODE is "${asked}"; there are floor (1.100.3) and newest (1.139.1).`),
      );
  });

  const folders = [
    { env: {}, folder: join(ROOT, ".vscode-test") },
    { env: { BRAID_VSCODE_CACHE: "" }, folder: join(ROOT, ".vscode-test") },
    { env: { BRAID_VSCODE_CACHE: "/var/cache/braid" }, folder: "/var/cache/braid" },
    { env: { BRAID_VSCODE_CACHE: "elsewhere" }, folder: join(ROOT, "elsewhere") },
  ];
  for (const { env, folder } of folders)
    it(`keeps it in ${folder} with ${JSON.stringify(env)}`, () => assert.equal(cacheFolder(env), folder));
});
