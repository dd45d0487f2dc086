import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BraidError, failure } from "../core/failure";
import { parseScenario, type Scenario } from "./scenario";

/** The scenarios Braid ships. */
export type ShippedScenario = "scenario.yml" | "any-plan.yml";

/** Path of one of the demo's files. Bundles stand in dist/, beside media/; test bundles run at the repository's root. */
export function demoFile(name: string, mediaDir?: string): string {
  const shipped = typeof __dirname === "string" ? join(__dirname, "..", "media") : join(process.cwd(), "media");
  return join(mediaDir ?? shipped, "demo", name);
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
