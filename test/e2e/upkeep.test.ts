import { match } from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readDemoScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { tempRepo, type TempRepo } from "../support/temp-repo";
import { ROOT } from "../workbench/root";
import { serveWorkbench, type ServedWorkbench } from "../workbench/serve";
import { Workbench } from "../workbench/workbench";

const SCREENSHOTS = join(ROOT, "test/e2e/screenshots");

describe("looking after runs, in the workbench", function () {
  this.timeout(240_000);
  let repo: TempRepo;
  let served: ServedWorkbench | undefined;
  let w: Workbench;
  let server: DemoServer | undefined;

  const picture = (name: string) => w.screenshot(join(SCREENSHOTS, `${name}.png`));

  before(async () => {
    repo = tempRepo({ "README.md": "# mine\n" });
    server = await startDemoServer(await readDemoScenario("any-plan.yml"), { speed: 0 });
    served = await serveWorkbench({ folder: repo.dir, settings: { "braid.model.baseUrl": server.url } });
    w = await Workbench.open(served.url);
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await picture("upkeep-failed");
  });
  after(async () => {
    await w.close();
    await served?.dispose();
    await server?.dispose();
    repo.dispose();
  });

  it("the doctor lists what is wrong first, does what helps, and reads as a document", async () => {
    await writeFile(join(repo.dir, "README.md"), "# changed\n");
    await writeFile(join(repo.dir, ".gitmodules"), "");
    repo.git("checkout", "-q", "--detach");
    await w.runCommand("Braid: Doctor");
    const labels = await w.waitFor("the doctor's list", async () => {
      const found = await w.quickPickLabels();
      return found.length > 5 ? found : undefined;
    });
    match(labels[0] ?? "", /Repository/u);
    await picture("doctor-list");
    await w.page.keyboard.press("Enter");
    await w.page.locator(".monaco-dialog-box", { hasText: "Check out a branch: git switch" }).waitFor();
    await picture("doctor-row");
    await w.page.keyboard.press("Escape");
    repo.git("checkout", "-q", "main");
    await w.page.locator(".quick-input-titlebar .action-label[aria-label='Look Again']").click();
    await w.waitFor("a list without the problem", async () => {
      const found = await w.quickPickLabels();
      return found[0]?.includes("Uncommitted") === true;
    });
    await w.page.locator(".quick-input-titlebar .action-label[aria-label='Open as Document']").click();
    const frame = await w.webviewFrame(
      async (each) => (await each.locator("h1", { hasText: "Braid: Doctor" }).count()) > 0,
    );
    match(await frame.locator("body").innerText(), /A run could start\.[\s\S]*Warnings[\s\S]*Uncommitted/u);
    await picture("doctor-document");
  });
});
