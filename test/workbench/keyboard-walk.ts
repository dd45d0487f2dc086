import assert from "node:assert/strict";
import type { TempRepo } from "../support/temp-repo";
import type { Workbench } from "./workbench";

/** The list the scenario three-hunks.yml translates, with these lines changed. */
export function translatedList(changes: Readonly<Record<number, string>>): string {
  return Array.from({ length: 30 }, (_, i) => `${changes[i + 1] ?? i + 1}\n`).join("");
}

/**
 * Does the whole of the main work with keys alone, as somebody does who has no mouse: plan a goal, see the plan and change
 * it, approve it, watch, review hunk by hunk, leave one out, accept, undo. Nothing is clicked and nothing is given the focus but
 * by what a key does; the page is only read.
 */
export async function walkByKeyboard(w: Workbench, repo: TempRepo): Promise<void> {
  const { keyboard } = w.page;
  const row = (words: RegExp) =>
    w.waitFor(`a row like ${words}`, async () =>
      (await w.treeRows("Run").catch(() => [])).find(({ label }) => words.test(label)),
    );

  await commandByKeys(w, "Braid: Plan Goal…");
  await typeAnswer(w, "Translate the list");
  await row(/^translate, queued/u);

  // Planning has left the focus in the tree: the wave, then its subtask.
  await keyboard.press("Home");
  await focusRow(w, /^translate,/u);
  await keyboard.press("F2");
  await typeAnswer(w, "translate-list");
  await row(/^translate-list, queued/u);
  await commandByKeys(w, "Braid: Open Plan");
  const document = w.page.locator(".editor-group-container.active .monaco-editor .view-lines").first();
  await w.waitFor("the plan's document", async () => (await document.innerText()).includes("translate-list"));

  await commandByKeys(w, "Braid: Approve Plan");
  await row(/^translate-list, ready to review/u);
  await commandByKeys(w, "Braid: Open Transcript");
  await w.page.locator(".tab.active", { hasText: "translate-list" }).waitFor();

  await commandByKeys(w, "Braid: Open Review");
  const panel = await w.webviewFrame(async (frame) => (await frame.locator("[data-hunk]").count()) > 2);
  const accept = panel.getByRole("button", { name: /^Accept/u }).and(panel.locator(":enabled"));
  await accept.first().waitFor();
  await w.waitFor("the focus in the panel", () => panel.evaluate<boolean>("document.hasFocus()"));
  for (const hunk of ["1", "2"]) {
    await keyboard.press("n");
    await w.waitFor(`the focus on hunk ${hunk}`, async () => (await panel.evaluate(FOCUSED_HUNK)) === hunk);
  }
  await keyboard.press("x");
  await panel.getByRole("button", { name: "Accept 2 of 3 hunks" }).waitFor();
  await keyboard.press("a");
  await row(/^translate-list, accepted/u);
  assert.equal(repo.git("show", "HEAD:list.txt"), translatedList({ 1: "UN", 30: "TRENTE" }).trimEnd());

  // The heading has the focus when the decision is made, so that the next key is heard.
  await panel.locator("h2:focus").waitFor();
  await keyboard.press("u");
  await row(/^translate-list, ready to review/u);
  assert.equal(repo.git("show", "HEAD:list.txt"), translatedList({}).trimEnd());
  assert.equal(repo.git("status", "--porcelain"), "");
}

const FOCUSED_HUNK = `document.activeElement.closest("[data-hunk]")?.dataset.hunk`;
const QUICK_INPUT = ".quick-input-widget .quick-input-box input";
const FOCUSED_ROW = ".quick-input-widget .quick-input-list .monaco-list-row.focused";

/** Runs a command from the palette: the key for it, the command's name, Enter on the row that has come to the top. */
async function commandByKeys(w: Workbench, title: string): Promise<void> {
  const input = w.page.locator(QUICK_INPUT);
  // A command the extension has not told of yet is not in a palette that was opened before; then it is opened anew.
  await w.waitFor(`"${title}" at the top of the palette`, async () => {
    await w.page.keyboard.press("F1");
    await input.waitFor();
    await w.page.keyboard.type(title);
    const top = w.page.locator(FOCUSED_ROW).filter({ has: w.page.getByText(title, { exact: true }) });
    const found = await top.waitFor({ timeout: 2000 }).then(
      () => true,
      () => false,
    );
    if (!found) await w.page.keyboard.press("Escape");
    return found;
  });
  await w.page.keyboard.press("Enter");
  await w.waitFor("the palette to let go", async () => !(await isAsking(w, `>${title}`)));
}

/** Writes over what an input box holds, and answers with it. */
async function typeAnswer(w: Workbench, text: string): Promise<void> {
  await w.page.locator(QUICK_INPUT).waitFor();
  await w.page.keyboard.press("ControlOrMeta+A");
  await w.page.keyboard.type(text);
  await w.waitFor("the answer in the box", () => isAsking(w, text));
  await w.page.keyboard.press("Enter");
  await w.waitFor("the box to close", async () => !(await isAsking(w, text)));
}

async function isAsking(w: Workbench, value: string): Promise<boolean> {
  const input = w.page.locator(QUICK_INPUT);
  return (await input.isVisible()) && (await input.inputValue()) === value;
}

/** Goes down the tree that has the focus until this row has it. */
async function focusRow(w: Workbench, words: RegExp): Promise<void> {
  const focused = w.page.locator(".sidebar .monaco-list:focus-within .monaco-list-row.focused");
  await w.waitFor(`the focus on a row like ${words}`, async () => {
    const label = await focused.getAttribute("aria-label", { timeout: 500 }).catch(() => null);
    if (label !== null && words.test(label)) return true;
    await w.page.keyboard.press("ArrowDown");
    return false;
  });
}
