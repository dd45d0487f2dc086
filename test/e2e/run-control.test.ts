import assert from "node:assert/strict";
import { useWorkbench } from "../workbench/use-workbench";

describe("a run in the workbench, beyond its first screen", function () {
  this.timeout(240_000);
  const t = useWorkbench({
    fresh: "test",
    picture: "run-control",
  });

  it("approves the plan as the user edited it, and refuses one it cannot read at its place", async () => {
    const w = t.workbench;
    const { labels } = t;
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
    assert.equal(t.repo.git("for-each-ref", "refs/braid"), "");

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
