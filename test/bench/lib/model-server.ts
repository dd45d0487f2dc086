import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { ROOT } from "../../workbench/root";
import type { Asked } from "./serve.main";

/** The scripted model, in another process. */
export interface ModelServer {
  readonly url: string;
  /** What was asked since the last time. */
  asked(): Promise<readonly Asked[]>;
  close(): Promise<void>;
}

/** Starts it on a scenario; `keepBodies` lets {@link Asked} tell sizes. */
export async function startModelServer(scenario: object, { keepBodies = false } = {}): Promise<ModelServer> {
  const child = fork(join(ROOT, "dist/test/bench/lib/serve.main.mjs"), [keepBodies ? "yes" : "no"], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  child.send(scenario);
  const [url]: unknown[] = await once(child, "message");
  return {
    url: String(url),
    async asked() {
      const answer = once(child, "message");
      child.send("asked");
      const [asked] = await answer;
      return asked as readonly Asked[];
    },
    async close() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
