import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { readDemoScenario } from "../../src/demo/media";
import { startDemoServer } from "../../src/demo/server";
import { tempRepo } from "../support/temp-repo";
import { serveWorkbench } from "./serve";
import { scenes, type Scene } from "./tour-scenes";
import { Workbench } from "./workbench";

const THEMES = ["Dark Modern", "Light Modern", "Dark High Contrast", "Light High Contrast"] as const;
const BROKEN_PLAN = `task: Three notes
subtasks:
  - id: look
    agent: researcher
  - id: write
    dependencies: [loook]
    estimated_time: soon
`;

/** A picture of one thing, taken once it has come about; what does not is named, and the tour goes on. */
type Step = (name: string, act: () => Promise<unknown>) => Promise<void>;

/** Goes through what Braid shows in the workbench and takes a picture of each thing, for people to look at. */
export async function takeTour(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  let number = 0;
  const stepsOf =
    (w: Workbench): Step =>
    async (name, act) => {
      number += 1;
      const problem = await act().then(
        () => "",
        (error: unknown) => ` — ${String(error).split("\n")[0] ?? ""}`,
      );
      const file = `${String(number).padStart(2, "0")}-${name}.png`;
      await w.screenshot(join(folder, file));
      console.log(`${file}${problem}`);
    };
  await takeRun(stepsOf);
  for (const scene of scenes()) await takeScene(scene(), stepsOf);
}

async function takeScene(scene: Scene, stepsOf: (w: Workbench) => Step): Promise<void> {
  const server = await startDemoServer(scene.scenario ?? (await readDemoScenario("any-plan.yml")), { speed: 1 });
  const settings = scene.withoutModel === true ? {} : { "braid.model.baseUrl": server.url };
  const served = await serveWorkbench({ ...scene.window, settings });
  const w = await Workbench.open(served.url);
  try {
    const step = stepsOf(w);
    for (const [name, act] of Object.entries(scene.steps(w))) await step(name, act);
  } finally {
    await w.close();
    await served.dispose();
    await server.dispose();
    scene.dispose();
  }
}

/** One run from the first look at an empty view to an accept. */
async function takeRun(stepsOf: (w: Workbench) => Step): Promise<void> {
  const repo = tempRepo({ "README.md": "# mine\n", "broken.braid.yml": BROKEN_PLAN });
  const server = await startDemoServer(await readDemoScenario("any-plan.yml"), { speed: 1 });
  const served = await serveWorkbench({ folder: repo.dir, settings: { "braid.model.baseUrl": server.url } });
  const w = await Workbench.open(served.url);
  const step = stepsOf(w);
  const rows = (words: RegExp) =>
    w.waitFor(`a row like ${words}`, async () =>
      (await w.treeRows("Run").catch(() => [])).some(({ label }) => words.test(label)),
    );
  const theme = async (name: string) => {
    await w.runCommand("Preferences: Color Theme");
    await w.page.locator(".quick-input-widget .quick-input-box input").fill(name);
    await w.quickPick(name);
  };
  const escape = () => w.page.keyboard.press("Escape");
  try {
    await step("welcome", async () => {
      await w.openView("Braid");
      await w.page.getByText("Say what should be different").waitFor();
    });
    await step("walkthrough", async () => {
      await w.runCommand("Braid: Get Started");
      await w.page.locator(".getting-started-step .codicon-getting-started-step-checked").first().waitFor();
      await w.page.waitForTimeout(1000);
    });
    await step("palette", async () => {
      await w.page.keyboard.press("F1");
      await w.page.keyboard.type("Braid: ");
      await w.quickPickLabels();
    });
    await escape();
    await step("goal-asked", async () => {
      await w.runCommand("Braid: Plan Goal…");
      await w.page.locator(".quick-input-widget .quick-input-box input").waitFor();
    });
    await w.quickInput("Describe the parts, and write a handbook that says how they work together");
    await step("planning", () => w.page.locator(".pane", { hasText: "Planning" }).first().waitFor({ timeout: 5000 }));
    await step("proposed", () => rows(/^handbook, queued/u));
    await step("plan-document", async () => {
      await w.runCommand("View: Close All Editors");
      await w.runCommand("Braid: Open Plan");
      await w.page.locator(".editor-group-container.active .view-line", { hasText: "subtasks" }).waitFor();
      await w.page.waitForTimeout(1000);
    });
    await step("plan-preview", async () => {
      await w.runCommand("Braid: Open Plan Preview");
      await w.webviewFrame(async (frame) => (await frame.locator("[data-node]").count()) > 0);
    });
    await step("plan-broken", async () => {
      // The preview, then the text beside it.
      await w.runCommand("View: Revert and Close Editor");
      await w.runCommand("View: Revert and Close Editor");
      await w.runCommand("View: Close All Editors");
      await w.runCommand("Go to File...");
      await w.quickInput("broken.braid.yml");
      await w.page.locator(".squiggly-error").first().waitFor();
      await w.runCommand("View: Toggle Problems");
    });
    await w.runCommand("View: Toggle Problems").catch(() => undefined);
    await step("change-role", async () => {
      await w.runCommand("Braid: Change Role…");
      await w.quickPickLabels();
    });
    await escape();
    await step("panel-proposed", async () => {
      await w.runCommand("View: Close All Editors");
      await w.runCommand("Braid: Open Review");
      await w.webviewFrame(async (frame) => (await frame.locator("[data-subtask]").count()) > 0);
      await w.page.waitForTimeout(500);
    });
    await w.runCommand("Braid: Approve Plan");
    await step("running", () => rows(/, running/u));
    await step("ready", () => rows(/^handbook, ready to review/u));
    await step("transcript", async () => {
      await w.runAndPick("Braid: Open Transcript", "first-part");
      await w.page.locator(".tab.active", { hasText: "first-part" }).waitFor();
    });
    await step("report", async () => {
      await w.runCommand("Braid: Open Report");
      await w.page.waitForTimeout(2000);
    });
    for (const name of THEMES)
      await step(`review-${name.toLowerCase().replaceAll(" ", "-")}`, async () => {
        await theme(name);
        await w.runCommand("Braid: Open Review");
        const panel = await w.webviewFrame(async (frame) => (await frame.locator("[data-subtask]").count()) > 0);
        await panel.locator('[data-subtask="first-part"]').click();
        await panel.locator("[data-file]").first().waitFor({ timeout: 20_000 });
        await w.page.waitForTimeout(1000);
      });
    await step("multi-diff-contrast", async () => {
      // Of the subtask the panel shows.
      await w.runCommand("Braid: Open Changes");
      await w.page.locator(".multiDiffEntry").first().waitFor();
    });
    await theme("Dark Modern");
    await step("multi-diff", () => w.page.locator(".multiDiffEntry").first().waitFor());
    await w.runCommand("View: Close All Editors");
    await step("which-subtask", async () => {
      await w.runCommand("Braid: Reject…");
      await w.page.waitForTimeout(500);
    });
    await escape();
    await step("accepted", async () => {
      await w.runAndPick("Braid: Accept", "first-part");
      await rows(/^first-part, accepted/u);
    });
    await step("history", async () => {
      await w.openView("Braid");
      await w.page.locator(".pane-header[aria-label*='History']").first().click();
      await w.page.waitForTimeout(1500);
    });
    await step("doctor", async () => {
      await w.runCommand("Braid: Doctor");
      await w.page.waitForTimeout(5000);
    });
    await escape();
    await step("clean-up", async () => {
      await w.runCommand("Braid: Clean Up…");
      await w.page.waitForTimeout(2500);
    });
    await escape();
    await step("models", async () => {
      await w.runCommand("Braid: Show Models…");
      await w.page.waitForTimeout(1500);
    });
    await escape();
    await step("settings", async () => {
      await w.runCommand("Preferences: Open Settings (UI)");
      await w.page.locator(".settings-editor").waitFor();
      await w.page.keyboard.type("@ext:braid.braid");
      await w.page.waitForTimeout(2500);
    });
    await step("narrow", async () => {
      await w.runCommand("View: Close All Editors");
      await w.runCommand("Braid: Open Review");
      await w.page.setViewportSize({ width: 760, height: 800 });
      await w.page.waitForTimeout(1500);
    });
    await step("zoomed", async () => {
      await w.page.setViewportSize({ width: 700, height: 450 });
      await w.page.waitForTimeout(1500);
    });
  } finally {
    await w.close();
    await served.dispose();
    await server.dispose();
    repo.dispose();
  }
}
