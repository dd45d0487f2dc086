import type { WorkerFacts } from "../../src/core/gate/estimate";
import type { GateOptions } from "../../src/core/gate/gate";

/** A worker that is cheap to count with: a dollar per million tokens of output, nothing else. */
export const WORKER: WorkerFacts = {
  model: "plain",
  price: { input: 0, output: 1, cacheRead: 0, cacheWrite: 0 },
  contextTokens: 1_000_000,
  maxTurns: 60,
};

/** Four workers; every model has a price but "mystery". */
export const GATE: GateOptions = {
  workers: 4,
  workerFor: (_, model) => (model === "mystery" ? { ...WORKER, model, price: undefined } : WORKER),
};
