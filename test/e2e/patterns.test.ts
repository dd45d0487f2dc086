import assert from "node:assert/strict";
import { useWorkbench } from "../workbench/use-workbench";

describe("the pattern commands", function () {
  this.timeout(300_000);
  const t = useWorkbench({
    files: { "README.md": "# mine\n", "src/a.js": "1\n" },
    picture: "patterns",
  });

  for (const [title, subtasks] of [
    ["Build Feature…", ["design", "implement-core", "implement-edge", "test", "document"]],
    ["Refactor Across Files…", ["analysis", "change", "consistency"]],
    ["Research and Document…", ["area-code", "area-tests", "synthesis", "document"]],
    ["Run Pipeline…", ["stage-look", "stage-build", "stage-tell"]],
    ["Run One Worker…", ["goal"]],
  ] as const)
    it(`Braid: ${title} asks for the goal and proposes a plan of its shape`, async () => {
      const w = t.workbench;
      await w.runCommand(`Braid: ${title}`);
      await w.quickInput(`Do it: ${title}`);
      const shown = await w.waitFor("the plan", async () => {
        const rows = await w.treeRows("Run").catch(() => []);
        const ids = rows.filter((row) => row.level === 2).map(({ label }) => label.slice(0, label.indexOf(",")));
        return ids.join() === subtasks.join() && ids;
      });
      assert.deepEqual(shown, subtasks);
      assert.equal(t.repo.git("for-each-ref", "refs/braid"), "");
    });

  it("ask for nothing more where the user turns away", async () => {
    const before = t.server.requests.length;
    await t.workbench.runCommand("Braid: Review Changes with Agents…");
    await t.workbench.quickPickLabels();
    await t.workbench.page.keyboard.press("Escape");
    await t.workbench.runCommand("Braid: Build Feature…");
    await t.workbench.page.keyboard.press("Escape");
    assert.equal(t.server.requests.length, before);
    assert.deepEqual(await t.workbench.notificationText(), []);
  });
});
