import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDemoScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { tempRepo, type TempRepo } from "../support/temp-repo";
import { serveWorkbench, type ServedWorkbench } from "../workbench/serve";
import { Workbench } from "../workbench/workbench";

describe("a plan before it is approved", function () {
  this.timeout(240_000);
  let repo: TempRepo;
  let server: DemoServer;
  let served: ServedWorkbench | undefined;
  let workbench: Workbench | undefined;

  beforeEach(async () => {
    repo = tempRepo({ "README.md": "# mine\n" });
    server = await startDemoServer(await readDemoScenario("any-plan.yml"), { speed: 0 });
  });
  afterEach(async () => {
    await workbench?.close();
    await served?.dispose();
    await server.dispose();
    repo.dispose();
  });

  it("is judged above its first line, loses what is ticked off, and is refused when nothing is left", async () => {
    writeFileSync(join(repo.dir, "work.braid.yml"), "task: Two notes\nsubtasks:\n  - id: kept\n  - id: dropped\n");
    served = await serveWorkbench({ folder: repo.dir, settings: { "braid.model.baseUrl": server.url } });
    workbench = await Workbench.open(served.url);
    const w = workbench;
    const row = (id: string) => w.page.locator(`.sidebar .monaco-list-row[aria-label^="${id},"]`);
    const became = (id: string, status: string) =>
      w.waitFor(`${id} to be ${status}`, async () =>
        (await w.treeRows("Run").catch(() => [])).some((r) => r.label.startsWith(`${id}, ${status}`)),
      );

    // No plan at the folder's root by the usual name, and no run yet: Braid sleeps until it is asked for.
    await w.openView("Braid");
    await w.openView("Explorer");
    await w.clickTreeRow("work.braid.yml");
    const lens = (text: string) => w.page.locator(".codelens-decoration", { hasText: text });
    await lens("2 subtasks · 1 wave").waitFor();
    await lens("Run this plan").waitFor();
    // By its command: a click that meets the line while it is being drawn goes to the text, as it would for a user.
    await w.runCommand("Braid: Run Plan in Editor");
    await became("dropped", "queued");

    const tick = (id: string) => row(id).locator(".custom-view-tree-node-item-checkbox").click();
    await tick("dropped");
    await tick("kept");
    await w.runCommand("Braid: Approve Plan");
    const refusal = await w.waitFor("the refusal", async () =>
      (await w.notificationText()).find((text) => /ticked off/u.test(text)),
    );
    assert.match(refusal, /Every subtask is ticked off/u);

    await tick("kept");
    await w.runCommand("Braid: Approve Plan");
    await became("kept", "ready to review");
    await became("dropped", "skipped");
    assert.equal(await w.page.locator(".custom-view-tree-node-item-checkbox").count(), 0);
  });
});
