import assert from "node:assert/strict";
import { readDemoScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { tempRepo, type TempRepo } from "../support/temp-repo";
import { serveWorkbench, type ServedWorkbench } from "../workbench/serve";
import { Workbench } from "../workbench/workbench";

describe("a run in the workbench, beyond its first screen", function () {
  this.timeout(240_000);
  let repo: TempRepo;
  let served: ServedWorkbench | undefined;
  let workbench: Workbench | undefined;
  let server: DemoServer | undefined;

  beforeEach(async () => {
    repo = tempRepo({ "README.md": "# mine\n" });
    server = await startDemoServer(await readDemoScenario("any-plan.yml"), { speed: 0 });
    served = await serveWorkbench({
      folder: repo.dir,
      settings: { "braid.model.baseUrl": server.url },
    });
    workbench = await Workbench.open(served.url);
  });
  afterEach(async () => {
    await workbench?.close();
    await served?.dispose();
    await server?.dispose();
    [workbench, served, server] = [undefined, undefined, undefined];
    repo.dispose();
  });

  it("approves the plan as the user edited it, and refuses one it cannot read at its place", async () => {
    assert.ok(workbench);
    const w = workbench;
    const labels = async () => (await w.treeRows("Run")).map((row) => row.label);
    const shows = (id: string) =>
      w.waitFor(id, async () => (await labels()).some((label) => label.startsWith(`${id},`)));
    const replaceText = async (text: string) => {
      await w.page.locator(".editor-group-container.active .monaco-editor .view-lines").first().click();
      await w.page.keyboard.press("ControlOrMeta+A");
      await w.page.keyboard.insertText(text);
      // The brackets the editor closed by itself.
      await w.page.keyboard.press("ControlOrMeta+Shift+End");
      await w.page.keyboard.press("Delete");
    };
    await w.runCommand("Braid: Plan Goal…");
    await w.quickInput("Describe the parts");
    await shows("handbook");
    await w.runCommand("Braid: Open Plan");
    await w.page
      .locator(".tab.active", { hasText: "task" })
      .or(w.page.locator(".tab.active", { hasText: "Untitled" }))
      .first()
      .waitFor();

    await replaceText("{ task: mine, subtasks: [{ id: a, dependencies: [b] }] }");
    await w.runCommand("Braid: Approve Plan");
    const refusal = await w.waitFor("the refusal", async () =>
      (await w.notificationText()).find((text) => text.startsWith("Braid:")),
    );
    assert.match(refusal, /:1:\d+.*"b".*Mend the plan, then approve it again/u);
    assert.equal(repo.git("for-each-ref", "refs/braid"), "");

    await replaceText("{ task: mine, subtasks: [{ id: first-part }] }");
    await w.runCommand("Braid: Approve Plan");
    await w.waitFor("the edited plan", async () => {
      const subtasks = (await labels()).filter((label) => !label.startsWith("Wave"));
      return (
        subtasks[0]?.startsWith("first-part, ready to review") === true &&
        subtasks.every((label) => /first-part/u.test(label))
      );
    });
  });
});
