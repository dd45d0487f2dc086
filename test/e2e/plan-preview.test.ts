import assert from "node:assert/strict";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { SCREENSHOTS } from "../workbench/walk";
import { useWorkbench } from "../workbench/use-workbench";
import type { Workbench } from "../workbench/workbench";

const PLAN = `task: Sign users in # the goal
subtasks:
  - id: research
    agent: researcher
    estimated_time: 20min
  - id: token-service
    dependencies: [research]
    estimated_time: 60min
    files: [src/auth/**]
  - id: login-form
    dependencies: [research]
    estimated_time: 30min
    files: [src/auth/form.ts]
  - id: tests
    agent: tester
    dependencies: [token-service, login-form]
    estimated_time: 30min
`;

describe("a plan's preview", function () {
  this.timeout(300_000);
  const t = useWorkbench({
    prepare: (repo) => repo.write("work.braid.yml", PLAN),
    fresh: "test",
    opens: false,
    picture: "plan-preview",
  });

  const open = (theme: string) => t.open({ "workbench.colorTheme": theme });
  const preview = (w: Workbench): Promise<Frame> =>
    w.webviewFrame(async (frame) => (await frame.locator("main.preview .chart").count()) > 0);

  it("draws what the text says, keeps it while the text is broken, and leads back to the text", async () => {
    const w = await open("Default Dark Modern");
    await w.clickTreeRow("work.braid.yml");
    // Braid sleeps: its button beside the file's name is there all the same, and wakes it.
    await w.page.locator(".editor-actions .action-label[aria-label^='Open Plan Preview']").click();
    const page = await preview(w);
    const node = (id: string) => page.locator(`[data-node="${id}"]`);
    assert.deepEqual(await page.locator(".wave-name").allTextContents(), ["Wave 1", "Wave 2", "Wave 3"]);
    assert.deepEqual(
      await page.locator(".node.critical").evaluateAll((nodes) => nodes.map((n) => n.getAttribute("data-node"))),
      ["research", "token-service", "tests"],
    );
    assert.match(
      (await node("token-service").locator("title").textContent()) ?? "",
      /· 1 h\n.* tokens.*\nOn the critical path\nAfter research/u,
    );
    assert.match(await page.locator(".warnings").innerText(), /login-form.*src\/auth/su);
    assert.match(await page.locator(".gate").innerText(), /Critical path: research → token-service → tests/u);
    await w.screenshot(join(SCREENSHOTS, "plan-preview-dark.png"));

    // By the keyboard: one stop, arrows from there, Enter to the line.
    const focused = () => page.evaluate("document.activeElement?.getAttribute('data-node')");
    const press = (key: string) => page.locator(".node[tabindex='0']").press(key);
    await press("ArrowRight");
    const second = await focused();
    await press("ArrowRight");
    assert.deepEqual([second, await focused()], ["token-service", "tests"]);
    await press("Enter");
    await w.waitFor("the line of the subtask", async () =>
      (await w.statusBar()).some((text) => text.startsWith("Ln 14,")),
    );

    // As the text changes; and while it cannot be read, the last picture stays and says so.
    await w.page.keyboard.press("ControlOrMeta+End");
    await w.page.keyboard.insertText("  - id: docs\n");
    await node("docs").waitFor();
    await w.page.keyboard.press("ControlOrMeta+Home");
    await w.page.keyboard.insertText("colour: red\n");
    await page
      .locator(".broken", { hasText: "1 problem. The picture is of the last text that could be read." })
      .waitFor();
    assert.match(await page.locator(".broken").innerText(), /Line 1\s*Unknown key "colour"/u);
    assert.equal(await node("docs").count(), 1);
    await w.screenshot(join(SCREENSHOTS, "plan-preview-broken.png"));
    await page.locator(".broken button").click();
    await w.waitFor("the line of the problem", async () =>
      (await w.statusBar()).some((text) => text.startsWith("Ln 1, Col 1")),
    );
    await w.page.locator(".editor-instance .view-line", { hasText: "colour" }).click();
    await w.page.keyboard.press("ControlOrMeta+A");
    await w.page.keyboard.insertText("task: t\nsubtasks: [{ id: only }]\n");
    await node("only").waitFor();
    await page.locator(".broken").waitFor({ state: "detached" });
  });

  it("stands in the review panel too until the plan is approved", async () => {
    const w = await open("Default Light Modern");
    await w.clickTreeRow("work.braid.yml");
    await w.runCommand("Braid: Open Plan Preview");
    await preview(w);
    await w.screenshot(join(SCREENSHOTS, "plan-preview-light.png"));
    await w.runCommand("View: Close All Editors");
    await w.clickTreeRow("work.braid.yml");
    await w.runCommand("Braid: Run Plan in Editor");
    await w.waitFor("the plan", async () =>
      (await w.treeRows("Run").catch(() => [])).some((r) => r.text.startsWith("tests")),
    );
    await w.runCommand("Braid: Open Review");
    const panel = await w.webviewFrame(async (frame) => (await frame.locator(".run .chart").count()) > 0);
    assert.match(await panel.locator(".gate").innerText(), /Recommendation:/u);
    await panel.locator('[data-node="login-form"]').click();
    await panel.locator("#subtask-title", { hasText: "login-form" }).waitFor();
    await w.screenshot(join(SCREENSHOTS, "plan-review-light.png"));
    await panel.getByRole("button", { name: "Approve Plan" }).click();
    await panel.locator(".run .chart").waitFor({ state: "detached" });
  });
});
