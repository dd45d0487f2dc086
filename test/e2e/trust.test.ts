import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createDemoWorkspace } from "../../src/demo/workspace";
import { tempFolder } from "../support/temp-repo";
import { ROOT } from "../workbench/root";
import { serveWorkbench, type ServedWorkbench } from "../workbench/serve";
import { Workbench } from "../workbench/workbench";

describe("a folder that is not trusted yet", function () {
  this.timeout(240_000);
  const folder = tempFolder();
  let served: ServedWorkbench | undefined;
  let workbench: Workbench | undefined;
  after(async () => {
    await workbench?.close();
    await served?.dispose();
    folder.dispose();
  });

  it("is left alone; the demo begins once it is trusted", async () => {
    const dir = join(folder.dir, "shortlink");
    const braid = join(dir, ".git/braid");
    await createDemoWorkspace(dir, { mediaDir: join(ROOT, "media") });
    await mkdir(braid);
    await writeFile(join(braid, "demo"), "start");
    served = await serveWorkbench({ folder: dir, askForTrust: true });
    const w = await Workbench.open(served.url);
    workbench = w;
    await w.dialogButton("No, I don't trust the authors");

    await w.runCommand("Braid: Plan Goal…");
    await w.quickInput("Describe the parts");
    const refusal = await w.waitFor("the refusal", async () =>
      (await w.notificationText()).find((text) => text.startsWith("Braid:")),
    );
    assert.match(refusal, /runs nothing in a folder you do not trust.*Trust the folder first/u);
    assert.deepEqual(await readdir(braid), ["demo"]);
    assert.equal(await readFile(join(braid, "demo"), "utf8"), "start");

    await w.runCommand("Workspaces: Manage Workspace Trust");
    await w.page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust", exact: true }).click();
    await w.waitFor("the demo's plan", async () =>
      (await w.treeRows("Run").catch(() => [])).some((row) => row.label.startsWith("routes,")),
    );
    assert.equal(await readFile(join(braid, "demo"), "utf8"), "started");
  });
});
