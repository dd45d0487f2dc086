import { createContext, Script } from "node:vm";
import { Worker } from "node:worker_threads";

/** Tests strings against one regular expression, which may be hostile and never come back by itself. */
export interface Matcher {
  /** Indexes of the texts that match, or undefined when the time is up; after that the matcher is of no use. */
  indexes(texts: readonly string[]): Promise<readonly number[] | undefined>;
  dispose(): void;
}

/**
 * Starts a matcher whose whole life is bounded by `timeoutMs`. What is not done in a blink moves to a thread of its
 * own, so that a slow expression holds nobody up and a quick one does not pay for a thread.
 */
export function openMatcher(expression: RegExp, timeoutMs: number): Matcher {
  let thread: Thread | undefined;
  let over = false;
  const end = () => {
    over = true;
    clearTimeout(timer);
    thread?.end();
  };
  const timer = setTimeout(end, timeoutMs);
  return {
    async indexes(texts) {
      if (over) return undefined;
      const quick = thread === undefined ? matchQuickly(expression, texts) : undefined;
      if (quick !== undefined) return quick;
      thread ??= startThread(expression);
      return thread.indexes(texts);
    },
    dispose: end,
  };
}

const BLINK_MS = 20;
const MATCH = "texts.flatMap((text, i) => (expression.test(text) ? [i] : []))";
const QUICK = new Script(MATCH);

/** Matches here and now, or undefined where that takes too long. */
function matchQuickly(expression: RegExp, texts: readonly string[]): readonly number[] | undefined {
  try {
    const found: unknown = QUICK.runInContext(createContext({ expression, texts }), { timeout: BLINK_MS });
    // Copied, as the array belongs to the other context.
    return Array.isArray(found) ? found.map(Number) : undefined;
  } catch (error) {
    // Made in the other context, so it is no Error of this one.
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
    if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return undefined;
    throw error;
  }
}

interface Thread {
  indexes(texts: readonly string[]): Promise<readonly number[] | undefined>;
  end(): void;
}

function startThread({ source, flags }: RegExp): Thread {
  const worker = new Worker(THREAD, { eval: true, env: {}, workerData: { source, flags } });
  let settle: (answer: readonly number[] | undefined) => void = () => undefined;
  const end = () => {
    settle(undefined);
    void worker.terminate();
  };
  worker.on("message", (answer: readonly number[]) => settle(answer));
  worker.on("error", end);
  return {
    indexes: (texts) =>
      new Promise((resolve) => {
        settle = resolve;
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        worker.postMessage(texts);
      }),
    end,
  };
}

const THREAD = `
const { parentPort, workerData } = require("node:worker_threads");
const expression = new RegExp(workerData.source, workerData.flags);
parentPort.on("message", (texts) => parentPort.postMessage(${MATCH}));
`;
