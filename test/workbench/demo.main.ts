import { existsSync } from "node:fs";
import { join } from "node:path";
import { createDemoWorkspace } from "../../src/demo/workspace";
import { cacheFolder } from "./install";

// The workspace F5 opens. It is made once, so that a run survives the next F5; remove the folder to start afresh.
const dir = join(cacheFolder({}), "demo-workspace");
if (!existsSync(join(dir, ".git"))) await createDemoWorkspace(dir);
