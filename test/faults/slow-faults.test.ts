import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseScenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { tempFolder } from "../support/temp-repo";
import { runWorkerOn, stillClock } from "./fault-agent";

const WRITE = '{ tool: write, input: { file_path: note.md, content: "Grüße.\\n" } }';
const USUAL = `
  - { when: { turn: 1 }, reply: [${WRITE}] }
  - { reply: [{ tool: report, input: { summary: Done. } }] }
`;
const PATIENT = { headerTimeoutMs: 60_000, idleTimeoutMs: 60_000 };

/** Faults that take their time, with clocks that do not. */
describe("a worker that meets", function () {
  this.timeout(60_000);
  let server: DemoServer;
  let folder: ReturnType<typeof tempFolder>;
  beforeEach(() => {
    folder = tempFolder();
  });
  afterEach(async () => {
    await server.dispose();
    folder.dispose();
  });
  const work = async (rule: string, options: Partial<Parameters<typeof runWorkerOn>[1]> = {}) => {
    server = await startDemoServer(parseScenario(`rules:\n  - { ${rule} }\n${USUAL}`, "t.yml"), { speed: 0 });
    return runWorkerOn(folder.dir, { url: server.url, ...options });
  };
  const note = () => readFileSync(join(folder.dir, "note.md"), "utf8");

  for (const [name, retryAfter, least, most] of [
    ["F02 120 s", 120, 120_000, 120_250],
    ["F02 an hour: cut to five minutes, then asked again", 3600, 300_000, 300_250],
    ["F02 1e11", 1e11, 300_000, 300_250],
    ["F02 more than a timer takes", 2_592_000, 300_000, 300_250],
    ["F02 zero", 0, 0, 250],
    ["F02 nonsense: the reset of the limit counts", '"-1"', 50_000, 60_250],
  ] as const)
    it(`429, retry-after ${name}`, async () => {
      const rule = `when: { times: 1 }, fault: { kind: status, status: 429, retry_after: ${retryAfter} }`;
      const { outcome, waits } = await work(rule, { governor: { clock: stillClock() } });
      equal(outcome.kind, "done");
      equal(note(), "Grüße.\n");
      const longest = Math.max(0, ...waits);
      ok(longest >= least && longest <= most, waits.join(" "));
    });

  it("F03 529 ten times, no header", async () => {
    const { outcome } = await work("when: { times: 10 }, fault: { kind: status, status: 529 }");
    equal(outcome.kind, "done");
    equal(server.requests.length, 12);
  });

  it("F04 a server that keeps failing: six attempts, and the failure counts them", async () => {
    const { outcome, ran } = await work("fault: { kind: status, status: 500 }");
    match(JSON.stringify(outcome), /model\.server.*HTTP 500.*Tried 6 times/u);
    equal(server.requests.length, 6);
    deepEqual(ran, []);
  });

  for (const [name, fault, model, words] of [
    [
      "F10 no headers",
      "{ kind: stall, at: headers }",
      { ...PATIENT, headerTimeoutMs: 300 },
      /did not begin to answer within 0\.3 s/u,
    ],
    [
      "F11 a stall in mid-stream",
      "{ kind: stall, at: stream, after_events: 4 }",
      { ...PATIENT, idleTimeoutMs: 300 },
      /stopped for 0\.3 s/u,
    ],
    [
      "F15 nothing but pings",
      "{ kind: stall, at: stream, after_events: 4, ping_every_ms: 20 }",
      { ...PATIENT, idleTimeoutMs: 300 },
      /said nothing but that it is alive for 3 s/u,
    ],
  ] as const) {
    it(`${name}: given up and tried again`, async () => {
      const { outcome, ran } = await work(`when: { times: 1 }, reply: [${WRITE}], fault: ${fault}`, { model });
      equal(outcome.kind, "done", JSON.stringify(outcome));
      deepEqual(ran, ["write", "report"]);
      equal(note(), "Grüße.\n");
      equal(await server.requests[0]?.ended, "disconnected", "nothing is left open");
    });
    it(`${name}, always: reported, nothing ran`, async () => {
      const { outcome, ran } = await work(`reply: [${WRITE}], fault: ${fault}`, {
        model,
        governor: { maxAttempts: 2 },
      });
      match(JSON.stringify(outcome), /model\.stalled/u);
      match(JSON.stringify(outcome), words);
      deepEqual(ran, []);
    });
  }

  it("F09 nobody there: tried for 20 s, and the failure names the host", async () => {
    await work("reply: []");
    const url = server.url;
    await server.dispose();
    const { outcome } = await runWorkerOn(folder.dir, { url });
    match(
      JSON.stringify(outcome),
      new RegExp(`model\\.network.*${new URL(url).host}.*nothing answers there.*Tried \\d+ times`, "u"),
    );
  });

  it("F09 a name nobody knows", async () => {
    await work("reply: []");
    const { outcome } = await runWorkerOn(folder.dir, { url: "http://no-such-host.invalid" });
    match(JSON.stringify(outcome), /model\.network.*no-such-host\.invalid/u);
  });

  it("F23 a clock that jumps back and forth by hours", async () => {
    let calls = 0;
    const now = () => (calls += 1) * 28_800_000 * (calls % 2 === 0 ? 1 : -1);
    const { outcome } = await work("when: { times: 2 }, fault: { kind: status, status: 500 }", { model: { now } });
    equal(outcome.kind, "done");
  });
});
