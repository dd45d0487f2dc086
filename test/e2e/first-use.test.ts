import assert from "node:assert/strict";
import { readDemoScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { tempRepo, type TempRepo } from "../support/temp-repo";
import { serveWorkbench, type ServedWorkbench } from "../workbench/serve";
import { Workbench } from "../workbench/workbench";

describe("first use, in a repository of one's own", function () {
  this.timeout(240_000);
  let repo: TempRepo;
  let served: ServedWorkbench | undefined;
  let workbench: Workbench | undefined;
  let server: DemoServer | undefined;

  async function open(settings: Readonly<Record<string, unknown>> = {}): Promise<Workbench> {
    served = await serveWorkbench({ folder: repo.dir, settings });
    workbench = await Workbench.open(served.url);
    return workbench;
  }

  beforeEach(() => {
    repo = tempRepo({ "README.md": "# mine\n" });
  });
  afterEach(async () => {
    await workbench?.close();
    await served?.dispose();
    await server?.dispose();
    [workbench, served, server] = [undefined, undefined, undefined];
    repo.dispose();
  });

  it("says that a key is missing and how to set one, and changes nothing", async () => {
    const w = await open();
    await w.runCommand("Braid: Plan Goal…");
    await w.quickInput("Describe the parts");
    const text = await w.waitFor("the failure", async () =>
      (await w.notificationText()).find((t) => t.startsWith("Braid:")),
    );
    assert.match(text, /There is no API key yet.*try the demo/u);
    await w.notificationButton("There is no API key", "Set API Key");
    await w.quickInput("");
    assert.equal(repo.git("for-each-ref", "refs/braid"), "");
  });

  it("opens the demo in a folder of its own, where the plan starts by itself", async () => {
    const w = await open();
    await w.runCommand("Braid: Try the Demo");
    const rows = await w.waitFor("the demo's plan", async () => {
      const found = await w.treeRows("Run").catch(() => []);
      return found.some((row) => row.label.startsWith("routes,")) && found;
    });
    assert.equal(rows.filter((row) => row.level === 1).length, 4);
    assert.equal(repo.git("status", "--porcelain"), "");
  });

  it("goes from a typed goal to one accepted and one rejected merge, and respects local changes", async () => {
    server = await startDemoServer(await readDemoScenario("any-plan.yml"), { speed: 0 });
    const w = await open({ "braid.model.baseUrl": server.url });
    const row = (id: string) =>
      w.waitFor(id, async () => (await w.treeRows("Run")).find((r) => r.label.startsWith(`${id},`)));
    const became = (id: string, status: string) =>
      w.waitFor(`${id} to be ${status}`, async () => (await row(id)).label.startsWith(`${id}, ${status}`));

    await w.runCommand("Braid: Plan Goal…");
    await w.quickInput("Describe the parts");
    await became("handbook", "queued");
    await w.runCommand("Braid: Approve Plan");
    await became("handbook", "ready to review");

    repo.write("notes/first-part.md", "mine, and in the way\n");
    await w.runAndPick("Braid: Accept", "first-part");
    const refusal = await w.waitFor("the refusal", async () =>
      (await w.notificationText()).find((t) => /overwritten/u.test(t)),
    );
    assert.match(refusal, /notes\/first-part\.md would be overwritten.*Move or delete it/u);
    assert.equal(repo.read("notes/first-part.md"), "mine, and in the way\n");
    assert.equal(repo.git("rev-list", "--count", "HEAD"), "1");

    repo.git("clean", "-fdq");
    await w.runAndPick("Braid: Accept", "first-part");
    await became("first-part", "accepted");
    await w.runAndPick("Braid: Reject…", "second-part");
    await w.quickInput("not needed");
    await became("second-part", "rejected");

    assert.equal(repo.git("rev-list", "--count", "HEAD"), "2");
    assert.match(repo.read("notes/first-part.md"), /Written by the implementer/u);
    assert.equal(repo.git("status", "--porcelain"), "");
    assert.equal(repo.git("worktree", "list").split("\n").length, 1);
  });
});
