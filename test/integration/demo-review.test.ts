import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readDemoScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { createDemoWorkspace } from "../../src/demo/workspace";
import { cli } from "../support/cli";
import { ran } from "../support/cli-fixture";
import { tempFolder } from "../support/temp-repo";

describe("the demo's review of its workspace", function () {
  this.timeout(120_000);
  let server: DemoServer;
  const home = tempFolder();
  before(async () => {
    server = await startDemoServer(await readDemoScenario("scenario.yml"), { speed: 0 });
  });
  after(async () => {
    await server.dispose();
    home.dispose();
  });

  it("is the one pattern it knows; of another it says so", async () => {
    const dir = join(home.dir, "other");
    await createDemoWorkspace(dir);
    const env = { HOME: home.dir, ANTHROPIC_BASE_URL: server.url };
    const outcome = await cli(["run", "--pattern", "feature", "--goal", "Do more"], { cwd: dir, env });
    ran(outcome, 2);
    const { runs } = JSON.parse((await cli(["status", "--json"], { cwd: dir, env })).stdout);
    match(runs[0].failure.detail, /for feature it has no plan\. Set an API key/u);
  });

  it("finds what is really there, at lines that say so", async () => {
    const dir = join(home.dir, "shortlink");
    await createDemoWorkspace(dir);
    const braid = (...args: readonly string[]) =>
      cli(args, { cwd: dir, env: { HOME: home.dir, ANTHROPIC_BASE_URL: server.url } });
    ran(await braid("run", "--pattern", "review", "--folder", "src", "--yes"), 0);
    const run = JSON.parse((await braid("status", "--json")).stdout).runs[0];
    equal(run.planNote, null);
    const findings: readonly { file: string; line: number; severity: string }[] = run.findings;
    const lineOf = ({ file, line }: { file: string; line: number }) =>
      readFileSync(join(dir, file), "utf8").split("\n")[line - 1]?.trim();
    deepEqual(
      findings.map((finding) => `${finding.severity} ${lineOf(finding) ?? ""}`),
      [
        'error const { pathname } = new URL(request.url, "http://localhost");',
        "warning if (text.length > MAX_BODY_BYTES) return undefined;",
        'warning if (url === undefined) return json(400, { error: "url must be an http or https address" });',
        "info while (links.has(code)) code = nextCode();",
        "info return json(405, { error: `${method} is not supported here` });",
      ],
    );
    ok(run.synthesis.summary.startsWith("The link shortener is sound"));
  });
});
