import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { animate, squeeze } from "./animation";
import { checkDemo } from "./check-demo";
import { takePanelPictures } from "../e2e/panel/pictures";
import { ROOT } from "./root";
import { takeTour } from "./tour";
import { SCREENSHOTS } from "./walk";

/** The README's pictures by the names it uses, and the step of the walk each one is of. */
const PICTURES: Readonly<Record<string, string>> = {
  plan: "01-plan-sidebar.png",
  workers: "02-workers-sidebar.png",
  review: "04-review.png",
  diff: "05-diff.png",
};
const THEMES = { light: "Default Light Modern", dark: "Default Dark Modern" };
/** How long a picture of the animation stands, and the last one, in milliseconds. */
const STANDS_MS = 1_600;
const ENDS_MS = 4_000;

// `npm run pictures`: the README's. `npm run pictures -- --all FOLDER [workbench|panel]`: one of everything Braid shows, for people
// to look at, or only what it shows in the workbench or in the panel.
const [flag, all, part] = process.argv.slice(2);
if (flag === undefined) await takeReadmePictures();
else if (flag === "--all" && all !== undefined) {
  if (part !== "panel") await takeTour(all);
  if (part !== "workbench") await takePanelPictures(all);
} else {
  console.error("Usage: npm run pictures [-- --all FOLDER [workbench|panel]]");
  process.exitCode = 2;
}

// `npm run pictures`: takes the README's pictures anew, from real runs in the real workbench, one in each theme; what was seen
// at each step of the dark one, one after the other, is the animation.
async function takeReadmePictures(): Promise<void> {
  const folder = join(ROOT, "media/screenshots");
  await mkdir(folder, { recursive: true });
  for (const [theme, name] of Object.entries(THEMES)) {
    const frames: Buffer[] = [];
    await checkDemo({
      settings: { "workbench.colorTheme": name },
      film: async (page) => {
        const png = await page.screenshot({ scale: "css" });
        if (frames.at(-1)?.equals(png) !== true) frames.push(png);
      },
    });
    for (const [picture, step] of Object.entries(PICTURES))
      await writeFile(join(folder, `${picture}-${theme}.png`), squeeze(await readFile(join(SCREENSHOTS, step))));
    if (theme !== "dark") continue;
    const last = frames.length - 1;
    await writeFile(
      join(folder, "run.png"),
      animate(frames.map((png, i) => ({ png, ms: i === last ? ENDS_MS : STANDS_MS }))),
    );
  }
}
