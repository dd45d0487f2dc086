import assert from "node:assert/strict";
import { useWorkbench } from "../workbench/use-workbench";

describe("a plan before it is approved", function () {
  this.timeout(240_000);
  const t = useWorkbench({
    prepare: (repo) => repo.write("work.braid.yml", "task: Two notes\nsubtasks:\n  - id: kept\n  - id: dropped\n"),
    fresh: "test",
    picture: "tick-off",
  });

  it("is judged above its first line, loses what is ticked off, and is refused when nothing is left", async () => {
    const { workbench: w, became } = t;
    const row = (id: string) => w.page.locator(`.sidebar .monaco-list-row[aria-label^="${id},"]`);

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
