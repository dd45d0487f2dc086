import { equal, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseScenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { cli } from "../support/cli";
import { ran, wide } from "../support/cli-fixture";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";

const WORKERS = 16;
const REFUSED = 2 / 3;
const STORM = `
seed: 7
defaults: { latency: { first_token_ms: 40 } }
rules:
  - when: { probability: ${REFUSED} }
    fault: { kind: status, status: 429, message: "slow down", retry_after: 0 }
  - when: { turn: 1 }
    reply: [{ tool: write, input: { file_path: "notes/{{subtask}}.md", content: "{{subtask}}\\n" } }]
  - reply: [{ tool: report, input: { summary: "Wrote it." } }]
`;

describe("F24 a storm of rate limits over sixteen workers", function () {
  this.timeout(180_000);
  let server: DemoServer;
  let repo: TempRepo;
  let home: ReturnType<typeof tempFolder>;
  before(async () => {
    server = await startDemoServer(parseScenario(STORM, "storm.yml"));
    repo = tempRepo({ "README.md": "# x\n" });
    home = tempFolder();
  });
  after(async () => {
    await server.dispose();
    repo.dispose();
    home.dispose();
  });

  it("two requests in three are refused: all finish, fewer go at once, and the log says so", async () => {
    let atOnce = 0;
    const peaks: number[] = [];
    server.onRequest((request) => {
      peaks.push((atOnce += 1));
      void request.ended.then(() => (atOnce -= 1));
    });
    writeFileSync(join(home.dir, "p.yml"), wide(WORKERS));
    const args = [
      "run",
      join(home.dir, "p.yml"),
      "--yes",
      "--json",
      "--accept",
      "passing",
      "--concurrency",
      `${WORKERS}`,
    ];
    const outcome = await cli(args, { cwd: repo.dir, env: { HOME: home.dir, ANTHROPIC_BASE_URL: server.url } });
    ran(outcome, 0);
    equal(outcome.events.filter((e) => e.type === "accept.completed").length, WORKERS);
    equal(outcome.events.filter((e) => e.type === "subtask.failed" || e.type === "subtask.retried").length, 0);
    const refused = server.requests.filter((request) => request.rule === 1).length / server.requests.length;
    ok(refused > 0.5 && refused < 0.8, `${refused} refused`);

    const pace = outcome.events.flatMap((e) => (e.type === "pace.changed" ? [Number(e["inFlight"])] : []));
    equal(pace[0], WORKERS / 2, "halved by the first blow");
    ok(new Set(pace).size >= 3 && Math.min(...pace) <= 2, pace.join(" "));
    ok(outcome.events.some((e) => e.type === "pace.changed" && /slow down/u.test(String(e["reason"]))));
    const later = peaks.slice(peaks.length / 2);
    ok(Math.max(...later) <= WORKERS / 2, `in flight: ${peaks.join(" ")}`);
    equal(repo.git("ls-files", "notes").split("\n").length, WORKERS);
  });
});
