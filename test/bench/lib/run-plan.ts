import { valuesOf } from "../../../src/core/state/chunked";
import { Plan } from "../../../src/core/plan/plan";
import { createAnthropicModel } from "../../../src/model/anthropic";
import { govern } from "../../../src/model/governor";
import type { RunPorts } from "../../../src/run/ports";
import { Run } from "../../../src/run/run";
import { portsFor } from "../../support/run-ports";

/** Ports as the command line makes them: the real SDK over HTTP, under the real governor. */
export async function realPorts(
  dir: string,
  trees: string,
  url: string,
  more: Partial<RunPorts> = {},
): Promise<RunPorts> {
  return portsFor(dir, trees, {
    model: govern(createAnthropicModel({ apiKey: "bench", baseUrl: url })),
    ...more,
  });
}

/** Carries a plan out, from its approval to the moment nothing is left to do, and gives the milliseconds. Every subtask has to end well. */
export async function timeRun(
  ports: RunPorts,
  subtasks: readonly { readonly id: string; readonly dependencies?: readonly string[] }[],
  concurrency: number,
  watch: (run: Run) => void = () => undefined,
): Promise<number> {
  const run = await Run.create(ports, "bench", { concurrency, attempts: 1 });
  try {
    watch(run);
    const plan = Plan.parse({ task: "bench", subtasks: subtasks.map((one) => ({ agent: "implementer", ...one })) });
    const began = performance.now();
    await run.approve(plan);
    await run.idle();
    const took = performance.now() - began;
    const bad = valuesOf(run.state().subtasks).filter(({ status }) => status !== "finished");
    if (bad.length > 0) throw new Error(`${bad.length} subtasks did not end well: ${JSON.stringify(bad[0])}`);
    return took;
  } finally {
    await run.close();
  }
}
