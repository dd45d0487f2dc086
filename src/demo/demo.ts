import { readDemoScenario } from "./media";
import { startDemoServer } from "./server";

/** The demo as the front ends know it: a scripted model, and the goal its scenario is written for. */
export interface Demo {
  /** Base URL of the scripted model. */
  readonly url: string;
  readonly goal: string;
  dispose(): Promise<void>;
}

/** Starts the demo's model on the scenario Braid ships. `speed` as in `startDemoServer`. Throws BraidError. */
export async function startDemo(options: { readonly speed?: number } = {}): Promise<Demo> {
  const scenario = await readDemoScenario("scenario.yml");
  const server = await startDemoServer(scenario, options);
  return { url: server.url, goal: scenario.goal ?? "", dispose: () => server.dispose() };
}
