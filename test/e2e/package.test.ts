import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { readScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { tempFolder, tempRepo } from "../support/temp-repo";
import { translatedList, walkByKeyboard } from "../workbench/keyboard-walk";
import { ROOT } from "../workbench/root";
import { serveWorkbench, type ServedWorkbench } from "../workbench/serve";
import { SCREENSHOTS } from "../workbench/walk";
import { Workbench } from "../workbench/workbench";

/** What packaging reads; the build stays out of the one other tests run. */
const SOURCES =
  "src webview media package.json tsconfig.json esbuild.mjs .vscodeignore README.md CHANGELOG.md LICENSE".split(" ");
const MAX_BYTES = 1_500_000;

describe("the package", function () {
  this.timeout(300_000);
  const folder = tempFolder();
  const repo = tempRepo({ "list.txt": translatedList({}) });
  let server: DemoServer | undefined;
  let served: ServedWorkbench | undefined;
  let workbench: Workbench | undefined;
  afterEach(async function () {
    if (this.currentTest?.state !== "failed" || workbench === undefined) return;
    await workbench.screenshot(join(SCREENSHOTS, "package-failed.png"));
  });
  after(async () => {
    await workbench?.close();
    await served?.dispose();
    await server?.dispose();
    folder.dispose();
    repo.dispose();
  });

  const inFolder = (...argv: readonly string[]) =>
    execFileSync("npm", argv, { cwd: folder.dir, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

  it("is made of what it needs and no more", () => {
    for (const entry of SOURCES) cpSync(join(ROOT, entry), join(folder.dir, entry), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(folder.dir, "node_modules"));
    inFolder("run", "package");
    const size = statSync(join(folder.dir, "dist/braid.vsix")).size;
    assert.ok(size < MAX_BYTES, `${size} bytes`);
    const files = inFolder("exec", "--", "vsce", "ls", "--no-dependencies").trim().split("\n");
    assert.ok(files.includes("dist/extension.mjs") && files.includes("dist/THIRD-PARTY-NOTICES.txt"), files.join("\n"));
    assert.deepEqual(
      files.filter((file) => /\.(?:map|ts|tsx|vsix)$|^(?:src|test|webview|node_modules)\//u.test(file)),
      [],
    );
  });

  it("installs, and goes from a goal to an accepted and undone merge by keyboard alone", async () => {
    server = await startDemoServer(await readScenario(join(ROOT, "test/fixtures/scenarios/three-hunks.yml")), {
      speed: 0,
    });
    served = await serveWorkbench({
      folder: repo.dir,
      extension: join(folder.dir, "dist/braid.vsix"),
      settings: { "braid.model.baseUrl": server.url },
    });
    workbench = await Workbench.open(served.url);
    await walkByKeyboard(workbench, repo);
  });

  it("runs the demo, which needs nothing but itself", async () => {
    assert.ok(workbench);
    const w = workbench;
    await w.runCommand("Braid: Try the Demo");
    await w.waitFor("the demo's plan", async () =>
      (await w.treeRows("Run").catch(() => [])).some((row) => row.label.startsWith("routes,")),
    );
    await w.runCommand("Braid: Approve Plan");
    await w.waitFor("a result", async () =>
      (await w.treeRows("Run").catch(() => [])).some((row) => /, ready to review/u.test(row.label)),
    );
  });
});
