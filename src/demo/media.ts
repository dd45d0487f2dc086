import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BraidError, failure } from "../core/failure";
import { parseScenario, type Scenario } from "./scenario";

/** The scenarios Braid ships. */
export type ShippedScenario = "scenario.yml" | "any-plan.yml";

/** Path of one of the demo's files: in `mediaDir`, else in the first `media` folder beside or above this bundle. */
export function demoFile(name: string, mediaDir: string = shippedMedia()): string {
  return join(mediaDir, "demo", name);
}

function shippedMedia(): string {
  const here = typeof __dirname === "string" ? __dirname : dirname(fileURLToPath(import.meta.url));
  for (let dir = here; dir !== dirname(dir); dir = dirname(dir)) {
    const media = join(dir, "media");
    if (existsSync(join(media, "demo"))) return media;
  }
  throw new Error(`There is no media folder above ${here}.`);
}

/** A scenario Braid ships. Throws BraidError when the file is missing or wrong. */
export function readDemoScenario(
  name: ShippedScenario,
  options: { readonly mediaDir?: string } = {},
): Promise<Scenario> {
  return readScenario(demoFile(name, options.mediaDir));
}

/** A scenario from any file. Throws BraidError when it cannot be read or is wrong. */
export async function readScenario(file: string): Promise<Scenario> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new BraidError(failure("internal", `The scenario ${file} cannot be read.`), { cause });
  }
  return parseScenario(text, file);
}
