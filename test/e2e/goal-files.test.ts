import assert from "node:assert/strict";
import { readDemoScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { tempRepo, type TempRepo } from "../support/temp-repo";
import { serveWorkbench, type ServedWorkbench } from "../workbench/serve";
import { Workbench } from "../workbench/workbench";

describe("a goal with files, in the workbench", function () {
  this.timeout(240_000);
  let repo: TempRepo;
  let served: ServedWorkbench | undefined;
  let w: Workbench;
  let server: DemoServer;

  before(async () => {
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

    await input.fill("Explain @README.md");
    await input.press("Enter");
    const planner = await w.waitFor("the planner", async () =>
      server.requests.find(({ facts }) => facts.role === "planner"),
    );
    const first = JSON.stringify(planner.body?.messages[0]?.content);
    assert.match(first, /--- File README\.md ---\\n# mine/u);
  });
});
