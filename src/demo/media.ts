import { readFile } from "node:fs/promises";
import { BraidError, failure } from "../core/failure";
import { parseScenario, type Scenario } from "./scenario";

/** The scenarios Braid ships. */
export type ShippedScenario = "scenario.yml" | "any-plan.yml";

/** The demo's files by their paths below `media/demo`, as the build took them in. */
export async function demoFiles(): Promise<Readonly<Record<string, string>>> {
  return (await import("demo:files")).DEMO_FILES;
}

/** A scenario Braid ships. Throws BraidError when it is wrong. */
export async function readDemoScenario(name: ShippedScenario): Promise<Scenario> {
  return parseScenario((await demoFiles())[name] ?? "", `media/demo/${name}`);
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
