import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDemoWorkspace } from "../../src/demo/workspace";
import { markDemo } from "../../src/host/model/demo-mark";
import type { Page } from "playwright-core";
import { assertRecord } from "../support/run-record";
import type { Settings } from "./profile";
import { serveWorkbench } from "./serve";
import { assertAccepted, readOutcome, SCREENSHOTS, walkTheDemo } from "./walk";
import { Workbench } from "./workbench";

/** A new demo workspace in the system's temp folder, ready for the scripted model. */
export async function createDemoFolder(): Promise<string> {
  const dir = join(await mkdtemp(join(tmpdir(), "braid-demo-")), "link-shortener");
  await createDemoWorkspace(dir);
  // It gives this workspace the scripted model, so no second one has to be opened.
  await markDemo(dir, "started");
  return dir;
}

/** How the walk goes. */
export interface DemoWalk {
  readonly settings?: Settings;
  /** Takes the picture of a moment, beside those the walk leaves. */
  readonly film?: (page: Page) => Promise<void>;
}

/**
 * Walks through the demo in the real workbench, then looks at the workspace with git and Node. Gives the subtasks that were
 * accepted; rejects if any step failed, with the screen in `failed.png` and the workspace left where it is.
 */
export async function checkDemo(options: DemoWalk = {}): Promise<readonly string[]> {
  const dir = await createDemoFolder();
  const accepted = await walkIn(dir, options);
  assertAccepted(await readOutcome(dir), accepted.length);
  assertRecord(dir, "expiry", "visits", "contract");
  await rm(join(dir, ".."), { recursive: true, maxRetries: 10, retryDelay: 50 });
  return accepted;
}

async function walkIn(dir: string, { settings = {}, film }: DemoWalk): Promise<readonly string[]> {
  const served = await serveWorkbench({ folder: dir, settings });
  try {
    const workbench = await Workbench.open(served.url, { scale: 2 });
    try {
      return await walkTheDemo(workbench, film === undefined ? undefined : () => film(workbench.page));
    } catch (error) {
      await workbench.screenshot(join(SCREENSHOTS, "failed.png"));
      throw error;
    } finally {
      await workbench.close();
    }
  } finally {
    await served.dispose();
  }
}
