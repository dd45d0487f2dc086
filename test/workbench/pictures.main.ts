import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { checkDemo } from "./check-demo";
import { takePanelPictures } from "../e2e/panel/pictures";
import { ROOT } from "./root";
import { takeTour } from "./tour";
import { SCREENSHOTS } from "./walk";

/** The README's pictures by the names it uses, and the step of the walk each one is of. */
const PICTURES: Readonly<Record<string, string>> = {
  "plan.png": "01-plan-sidebar.png",
  "workers.png": "02-workers-sidebar.png",
  "review.png": "04-review.png",
  "diff.png": "05-diff.png",
};

// `npm run pictures`: takes the README's pictures anew, from a real run in the real workbench. `npm run pictures -- --all FOLDER` takes one
// of everything Braid shows, for people to look at.
const [flag, all] = process.argv.slice(2);
if (flag === undefined) await takeReadmePictures();
else if (flag === "--all" && all !== undefined) {
  await takeTour(all);
  await takePanelPictures(all);
} else {
  console.error("Usage: npm run pictures [-- --all FOLDER]");
  process.exitCode = 2;
}

async function takeReadmePictures(): Promise<void> {
  await checkDemo();
  const folder = join(ROOT, "media/screenshots");
  await mkdir(folder, { recursive: true });
  for (const [name, step] of Object.entries(PICTURES)) await copyFile(join(SCREENSHOTS, step), join(folder, name));
}
