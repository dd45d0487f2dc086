import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openPage } from "../../workbench/browser";
import { openPanel } from "./open-panel";
import { PANEL_LOOKS } from "./states";
import { THEMES, type Theme } from "./themes";

const everywhere: readonly Theme[] = [...THEMES, "dark-2026", "light-2026"];
const pictures = Object.keys(PANEL_LOOKS).flatMap((name): readonly (readonly [string, Theme, number])[] =>
  name === "review"
    ? [...everywhere.map((theme) => [name, theme, 1100] as const), [name, "dark", 480], [name, "light", 760]]
    : [
        [name, "dark", 1100],
        [name, "light", name === "kinds" ? 480 : 1100],
        [name, "high-contrast", 760],
      ],
);
/** Takes pictures of the panel for people to look at: each state in light, dark and high contrast, and one in every theme and width. */
export async function takePanelPictures(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { browser } = await openPage("about:blank");
  for (const [name, theme, width] of pictures) {
    const look = PANEL_LOOKS[name];
    if (look === undefined) continue;
    const panel = await openPanel({ browser, source: look.source(), theme, width, height: 1_300 });
    // What does not come about is named, and its picture shows why.
    const problem = await look.reach(panel.page).then(
      () => "",
      (error: unknown) => ` — ${String(error).split("\n")[0] ?? ""}`,
    );
    // Colours come when there is time.
    await panel.page.waitForTimeout(300);
    await panel.page.screenshot({ path: join(folder, `panel-${name}-${theme}-${width}.png`) });
    console.log(`panel-${name}-${theme}-${width}.png${problem}`, ...panel.complaints);
    await panel.close();
  }
  for (const name of GERMAN) {
    const look = PANEL_LOOKS[name];
    if (look === undefined) continue;
    // What a look waits for is English: its first view will do.
    const panel = await openPanel({
      browser,
      source: look.source(),
      theme: "light",
      width: 760,
      height: 1_300,
      language: "de",
    });
    await panel.page.waitForTimeout(1_000);
    await panel.page.screenshot({ path: join(folder, `panel-${name}-de-light-760.png`) });
    console.log(`panel-${name}-de-light-760.png`, ...panel.complaints);
    await panel.close();
  }
  await browser.close();
}

/** Looks that are taken in German, too: its words are longer. */
const GERMAN = ["proposed", "review", "question"];
