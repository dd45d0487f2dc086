import assert from "node:assert/strict";
import { useWorkbench } from "../workbench/use-workbench";

describe("a goal with files, in the workbench", function () {
  this.timeout(240_000);
  const t = useWorkbench({
    picture: "goal-files",
  });

  it("shows what names of models mean and cost", async () => {
    await t.workbench.runCommand("Braid: Show Models…");
    assert.deepEqual((await t.workbench.quickPickLabels()).slice(0, 3), ["opus", "sonnet", "haiku"]);
    await t.workbench.page.keyboard.press("Escape");
  });

  it("keeps a goal that names what is not there, says what is near, and takes it when it is mended", async () => {
    const input = t.workbench.page.locator(".quick-input-widget .quick-input-box input");
    const message = t.workbench.page.locator(".quick-input-widget .quick-input-message");
    await t.workbench.runCommand("Braid: Plan Goal…");
    await input.fill("Explain @REDME.md");
    await input.press("Enter");
    await t.workbench.waitFor("the reason", async () => /Did you mean @README\.md\?/u.test(await message.innerText()));
    assert.equal(await input.inputValue(), "Explain @REDME.md");
    assert.equal(t.server.requests.length, 0);

    await input.fill("Explain @README.md");
    await input.press("Enter");
    const planner = await t.workbench.waitFor("the planner", async () =>
      t.server.requests.find(({ facts }) => facts.role === "planner"),
    );
    const first = JSON.stringify(planner.body?.messages[0]?.content);
    assert.match(first, /--- File README\.md ---\\n# mine/u);
  });
});
