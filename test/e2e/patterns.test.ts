import assert from "node:assert/strict";
import { readDemoScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { tempRepo, type TempRepo } from "../support/temp-repo";
import { serveWorkbench, type ServedWorkbench } from "../workbench/serve";
import { Workbench } from "../workbench/workbench";

describe("the pattern commands", function () {
  this.timeout(300_000);
  let repo: TempRepo;
  let served: ServedWorkbench | undefined;
  let workbench: Workbench | undefined;
  let server: DemoServer | undefined;

  before(async () => {
    repo = tempRepo({ "README.md": "# mine\n", "src/a.js": "1\n" });
    server = await startDemoServer(await readDemoScenario("any-plan.yml"), { speed: 0 });
    served = await serveWorkbench({ folder: repo.dir, settings: { "braid.model.baseUrl": server.url } });
    workbench = await Workbench.open(served.url);
  });
  after(async () => {
    await workbench?.close();
    await served?.dispose();
    await server?.dispose();
    repo.dispose();
  });

  for (const [title, subtasks] of [
    ["Build Feature…", ["design", "implement-core", "implement-edge", "test", "document"]],
    ["Refactor Across Files…", ["analysis", "change", "consistency"]],
    ["Research and Document…", ["area-code", "area-tests", "synthesis", "document"]],
    ["Run Pipeline…", ["stage-look", "stage-build", "stage-tell"]],
    ["Run One Worker…", ["goal"]],
  ] as const)
    it(`Braid: ${title} asks for the goal and proposes a plan of its shape`, async () => {
      assert.ok(workbench);
      const w = workbench;
      await w.runCommand(`Braid: ${title}`);
      await w.quickInput(`Do it: ${title}`);
      const shown = await w.waitFor("the plan", async () => {
        const rows = await w.treeRows("Run").catch(() => []);
        const ids = rows.filter((row) => row.level === 2).map(({ label }) => label.slice(0, label.indexOf(",")));
        return ids.join() === subtasks.join() && ids;
      });
      assert.deepEqual(shown, subtasks);
      assert.equal(repo.git("for-each-ref", "refs/braid"), "");
    });

  it("ask for nothing more where the user turns away", async () => {
    assert.ok(workbench && server);
    const before = server.requests.length;
    await workbench.runCommand("Braid: Review Changes with Agents…");
    await workbench.quickPickLabels();
    await workbench.page.keyboard.press("Escape");
    await workbench.runCommand("Braid: Build Feature…");
    await workbench.page.keyboard.press("Escape");
    assert.equal(server.requests.length, before);
    assert.deepEqual(await workbench.notificationText(), []);
  });
});
