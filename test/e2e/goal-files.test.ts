import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDemoScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { png } from "../support/images";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";
import { serveWorkbench, type ServedWorkbench } from "../workbench/serve";
import { Workbench } from "../workbench/workbench";

describe("a goal with files, in the workbench", function () {
  this.timeout(240_000);
  let repo: TempRepo;
  let home: ReturnType<typeof tempFolder>;
  let served: ServedWorkbench | undefined;
  let w: Workbench;
  let server: DemoServer;

  before(async () => {
    home = tempFolder();
    repo = tempRepo({ "README.md": "# mine\n" });
    server = await startDemoServer(await readDemoScenario("any-plan.yml"), { speed: 0 });
    served = await serveWorkbench({ folder: repo.dir, settings: { "braid.model.baseUrl": server.url } });
    w = await Workbench.open(served.url);
  });
  after(async () => {
    await w?.close();
    await served?.dispose();
    await server?.dispose();
    repo.dispose();
    home.dispose();
  });

  it("shows what names of models mean and cost", async () => {
    await w.runCommand("Braid: Show Models…");
    assert.deepEqual((await w.quickPickLabels()).slice(0, 3), ["opus", "sonnet", "haiku"]);
    await w.page.keyboard.press("Escape");
  });

  it("keeps a goal that names what is not there, says what is near, and takes it when it is mended", async () => {
    const input = w.page.locator(".quick-input-widget .quick-input-box input");
    const message = w.page.locator(".quick-input-widget .quick-input-message");
    await w.runCommand("Braid: Plan Goal…");
    await input.fill("Explain @REDME.md");
    await input.press("Enter");
    await w.waitFor("the reason", async () => /Did you mean @README\.md\?/u.test(await message.innerText()));
    assert.equal(await input.inputValue(), "Explain @REDME.md");
    assert.equal(server.requests.length, 0);

    // A file of the repository becomes a mention; a picture from elsewhere goes with the goal.
    const picture = join(home.dir, "mock.png");
    writeFileSync(picture, png(30, 40));
    await input.fill("Explain");
    for (const file of [join(repo.dir, "README.md"), picture]) {
      await w.page.locator('.quick-input-widget .quick-input-titlebar [aria-label="Add File…"]').click();
      await w.waitFor("the file dialog", async () => (await input.inputValue()).startsWith("/"));
      // The dialog takes no answer before it has listed the folder.
      await w.waitFor("the goal's box", async () => {
        const value = await input.inputValue();
        if (value.startsWith("Explain")) return true;
        if (value !== file) await input.fill(file);
        await input.press("Enter");
        return false;
      });
    }
    assert.equal(await input.inputValue(), "Explain @README.md ");
    assert.match(await message.innerText(), /With mock\.png\./u);
    await input.press("Enter");
    const planner = await w.waitFor("the planner", async () =>
      server.requests.find(({ facts }) => facts.role === "planner"),
    );
    const first = JSON.stringify(planner.body?.messages[0]?.content);
    assert.match(first, /image\/png.*--- File README\.md ---\\n# mine/u);
  });
});
