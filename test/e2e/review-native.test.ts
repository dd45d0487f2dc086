import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { tempRepo, type TempRepo } from "../support/temp-repo";
import { ROOT } from "../workbench/root";
import { serveWorkbench, type ServedWorkbench } from "../workbench/serve";
import { SCREENSHOTS } from "../workbench/walk";
import { Workbench } from "../workbench/workbench";

const LONG = Array.from({ length: 40 }, (_, i) => `line ${i + 1}\n`).join("");

describe("results in VS Code's own editors", function () {
  this.timeout(600_000);
  let repo: TempRepo;
  let served: ServedWorkbench | undefined;
  let server: DemoServer | undefined;
  let w: Workbench;

  before(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    repo = tempRepo({ "hello.txt": "first\nhello\nthird\n", "long.txt": LONG });
    const scenario = await readScenario(join(ROOT, "test/fixtures/scenarios/two-that-clash.yml"));
    server = await startDemoServer(scenario, { speed: 0 });
    served = await serveWorkbench({ folder: repo.dir, settings: { "braid.model.baseUrl": server.url } });
    w = await Workbench.open(served.url);
    await w.runCommand("Braid: Plan Goal…");
    await w.quickInput("Greet everybody");
    await status("signs", "queued");
    await w.runCommand("Braid: Approve Plan");
    for (const id of ["french", "german", "signs"]) await status(id, "ready to review");
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await w.screenshot(join(SCREENSHOTS, "review-native-failed.png"));
  });
  after(async () => {
    await w.close();
    await served?.dispose();
    await server?.dispose();
    repo.dispose();
  });

  const picture = (name: string) => w.screenshot(join(SCREENSHOTS, `${name}.png`));
  const status = (id: string, wanted: string) =>
    w.waitFor(`${id} to be ${wanted}`, async () => {
      const rows = await w.treeRows("Run").catch(() => []);
      return rows.some(({ label }) => label.startsWith(`${id}, ${wanted}`));
    });
  const row = (id: string) => w.page.locator(".sidebar .monaco-list-row[aria-level='2']", { hasText: id }).first();
  const button = (name: string) => w.page.locator(".editor-actions").getByRole("button", { name });
  const tab = (label: string) => w.page.locator(".tab.active", { hasText: label }).waitFor();

  it("go from one to the next, and in and out again, from the title bar of the multi-diff editor", async () => {
    await row("french").hover();
    await row("french").getByRole("button", { name: "Open Changes" }).click();
    await tab("Changes of french");
    await button("Accept").waitFor();
    await w.page.waitForTimeout(1500);
    await picture("native-multi-diff");
    await button("Next Result").click();
    await tab("Changes of german");
    await button("Previous Result").click();
    await tab("Changes of french");
    await button("Accept").click();
    await status("french", "accepted");
    assert.equal(repo.git("show", "HEAD:hello.txt"), "first\nbonjour\nthird");
    await button("Undo Accept").waitFor();
    await picture("native-accepted");
  });
});
