import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseScenario } from "../../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../../src/demo/server";
import { cli, type CliOutcome } from "../../support/cli";
import { ran } from "../../support/cli-fixture";
import { startCollector, type Collector } from "../../support/collector";
import { otlpProblems } from "../../support/otlp-schema";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";
import { assertRecord, missingTogether, overlap, readRecord } from "../../support/run-record";
import { parseLines, wireSpans, type WireSpan } from "../../support/trace";

const KEY = "sk-ant-api03-canary-key-0123456789-canary";
const HEADER = "header-canary-0123456789";
const SAID = "words-of-the-model-canary";

const PLAN = `task: Two files
subtasks:
  - { id: left, description: Secret-of-the-plan-canary, verify: ["test -f left.md"], review: { agent: reviewer, rounds: 1 } }
  - { id: right, description: Right }
  - { id: after, description: After, agent: researcher, dependencies: [left, right] }
`;

const SCENARIO = `rules:
  - when: { contains: "Review round", turn: 1 }
    reply: [{ tool: verdict, input: { decision: approve } }]
  - when: { role: implementer, turn: 1, times: 1 }
    fault: { kind: status, status: 500, type: api_error }
  - when: { role: implementer, turn: 1 }
    reply:
      - text: ${SAID}
      - { tool: write, input: { file_path: "{{subtask}}.md", content: "token = \\"ghp_0123456789abcdefghijABCDEFGHIJ012345\\"\\nline two\\n" } }
      - { tool: "no_such_${SAID}", input: {} }
  - when: { }
    reply: [{ tool: report, input: { summary: Done. } }]
`;

describe("what is no OTLP", () => {
  const span = { traceId: "0".repeat(32), spanId: "0".repeat(16), name: "n", kind: 1, startTimeUnixNano: "1" };
  const attribute = (value: object) => ({ ...span, attributes: [{ key: "k", value }] });
  for (const [what, broken] of [
    ["a key of ours", { ...span, cost: 1 }],
    ["an id in another form", { ...span, spanId: "z".repeat(16) }],
    ["a kind by its name", { ...span, kind: "SPAN_KIND_CLIENT" }],
    ["a kind there is not", { ...span, kind: 9 }],
    ["a time that is a number", { ...span, startTimeUnixNano: 1 }],
    ["an integer that is a number", attribute({ intValue: 1 })],
    ["an amount that is a text", attribute({ doubleValue: "0.1" })],
    ["half a character", attribute({ stringValue: "\ud83d" })],
  ] as const)
    it(`${what} is found`, () => {
      const document = (one: object) => ({ resourceSpans: [{ scopeSpans: [{ spans: [one] }] }] });
      deepEqual(otlpProblems(document(span)), []);
      equal(otlpProblems(document(broken)).length, 1);
    });
});

describe("the trace of a run", function () {
  this.timeout(60_000);
  let collector: Collector;
  let server: DemoServer;
  let home: ReturnType<typeof tempFolder>;
  let repo: TempRepo;
  let outcome: CliOutcome;

  const env = (more: Readonly<Record<string, string>> = {}) => ({
    ANTHROPIC_BASE_URL: server.url,
    HOME: home.dir,
    ANTHROPIC_API_KEY: KEY,
    ...more,
  });
  /** Runs the plan in a repository of its own, traced to a collector that answers so. */
  const run = async (answer: number | "hang", more: Readonly<Record<string, string>> = {}): Promise<void> => {
    collector = await startCollector(answer);
    server = await startDemoServer(parseScenario(SCENARIO, "test.yml"), { speed: 0 });
    home = tempFolder();
    repo = tempRepo({ "README.md": "# x\n" });
    writeFileSync(join(home.dir, "p.yml"), PLAN);
    outcome = await cli(["run", join(home.dir, "p.yml"), "--yes", "--json"], {
      cwd: repo.dir,
      env: env({
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${HEADER}`,
        OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
        ...more,
      }),
    });
  };
  const end = async () => {
    await Promise.all([collector.close(), server.dispose()]);
    home.dispose();
    repo.dispose();
  };
  const traceFile = () => join(repo.dir, ".git/braid/runs", outcome.events[0]?.run ?? "", "trace.jsonl");
  const braid = (...args: readonly string[]) => cli(args, { cwd: repo.dir, env: env() });
  const kept = () => wireSpans(parseLines(readFileSync(traceFile(), "utf8")));
  const named = (spans: readonly WireSpan[], operation: string) =>
    spans.filter(({ attributes }) => attributes["gen_ai.operation.name"] === operation);

  describe("as it is kept and sent", () => {
    before(() => run(200, { OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" }));
    after(end);

    it("is OTLP by the published schema, beside the run and at the collector, and shows what ran at the same time", async () => {
      ran(outcome, 3);
      const documents = parseLines(readFileSync(traceFile(), "utf8"));
      const sent = collector.received.map(({ body }) => body);
      deepEqual([...documents, ...sent].flatMap(otlpProblems), []);
      const spans = wireSpans(documents);
      deepEqual(wireSpans(sent), spans);
      deepEqual([...new Set(collector.received.map(({ path }) => path))], ["/v1/traces"]);
      ok(collector.received.every(({ headers }) => headers["x-api-key"] === HEADER));
      match(JSON.stringify(documents[0]), /"deployment\.environment\.name","value":\{"stringValue":"test"/u);

      equal(new Set(spans.map(({ spanId }) => spanId)).size, spans.length);
      equal(new Set(spans.map(({ traceId }) => traceId)).size, 1);
      const byId = new Map(spans.map((span) => [span.spanId, span]));
      deepEqual(
        spans.filter((span) => !byId.has(span.parentSpanId ?? "")).map(({ name }) => name),
        ["invoke_workflow braid"],
      );
      const agents = named(spans, "invoke_agent");
      const of = (subtask: string) =>
        agents.find(
          ({ attributes }) => attributes["braid.subtask"] === subtask && attributes["gen_ai.agent.name"] !== "reviewer",
        );
      const [left, right, after] = [of("left"), of("right"), of("after")];
      ok(left !== undefined && right !== undefined && after !== undefined);
      ok(overlap(left, right));
      ok(!overlap(left, after) && !overlap(right, after));
      const reviewer = agents.find(({ attributes }) => attributes["gen_ai.agent.name"] === "reviewer");
      equal(reviewer?.parentSpanId, left.spanId);
    });

    it("and the report's speed-up say what the events say", async () => {
      assertRecord(repo.dir, "left", "right");
      // Another log than the one that was traced and reported would be found out.
      const { trace } = readRecord(repo.dir);
      deepEqual(missingTogether(wireSpans(trace), ["left", "after"]), ["left", "after"]);
      match((await braid("report")).stdout, /\| Speed-up \| [\d.]+ × \|/u);
    });

    it("has every call of a model and of a tool, with tokens, cost and what it took", async () => {
      const spans = kept();
      const turns = outcome.events.filter(({ type }) => type === "turn.completed");
      const tools = outcome.events
        .filter(({ type }) => type === "tools.called")
        .flatMap((e) => e["tools"] as readonly unknown[]);
      const chats = named(spans, "chat");
      equal(chats.length, turns.length);
      equal(named(spans, "execute_tool").length, tools.length);
      ok(turns.length >= 6 && tools.length >= 7);
      ok(chats.every(({ kind, attributes }) => kind === 3 && Number(attributes["gen_ai.usage.input_tokens"]) > 0));
      ok(
        chats.every(
          ({ attributes }) =>
            attributes["gen_ai.response.id"] !== undefined && attributes["http.response.status_code"] === 200,
        ),
      );
      const usd = chats.reduce((sum, { attributes }) => sum + Number(attributes["braid.cost.usd"]), 0);
      ok(usd > 0);
      deepEqual(
        chats.flatMap(({ events = [] }) => events.map(({ name }) => name)),
        ["braid.request.retried"],
      );
      deepEqual(
        named(spans, "execute_tool")
          .filter(({ status }) => status.code === 2)
          .map(({ name }) => name),
        ["execute_tool unknown", "execute_tool unknown"],
      );
    });

    it("has neither words nor keys in it", async () => {
      const exported = await braid("trace");
      ran(exported, 0);
      for (const text of [
        readFileSync(traceFile(), "utf8"),
        JSON.stringify(collector.received.map(({ body }) => body)),
        exported.stdout,
      ])
        for (const canary of [KEY, HEADER, SAID, "canary", "left.md", home.dir, "ghp_"])
          ok(!text.includes(canary), canary);
    });

    it("is gone on with after an interruption: nothing twice, and what half a line lost is there again", async () => {
      const whole = kept();
      const file = traceFile();
      truncateSync(file, readFileSync(file).length - 40);
      ran(await braid("resume", "--json"), 3);
      const ids = (spans: readonly WireSpan[]) => spans.map(({ spanId }) => spanId).toSorted();
      deepEqual(ids(kept()), ids(whole));
    });

    it("can be written to a file, and sent to a collector that somebody names", async () => {
      const whole = kept()
        .map(({ spanId }) => spanId)
        .toSorted();
      const { length } = collector.received;
      ran(await braid("trace", "-o", join(home.dir, "t.jsonl")), 0);
      const written = wireSpans(parseLines(readFileSync(join(home.dir, "t.jsonl"), "utf8")));
      deepEqual(written.map(({ spanId }) => spanId).toSorted(), whole);
      const sent = await braid("trace", "--otlp", collector.url);
      equal(sent.stdout, `${whole.length} spans sent.\n`);
      equal(collector.received.length, length + 1);
      equal(collector.received.at(-1)?.headers["x-api-key"], undefined);
      const nowhere = await braid("trace", "--otlp", "ftp://x");
      ran(nowhere, 2);
      match(nowhere.stderr, /"ftp:\/\/x" is no http address/u);
      ran(await braid("trace", "r0000000"), 2);
      await collector.close();
      collector = await startCollector(400);
      const refused = await braid("trace", "--otlp", `${collector.url}/v1/traces`);
      ran(refused, 1);
      match(refused.stderr, /did not take the trace: it answered 400\. 0 of \d+ spans were sent/u);
    });
  });

  describe("otherwise", () => {
    afterEach(end);

    it("has the words where the environment says so, but for lines that look like a secret", async () => {
      await run(200, { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "true" });
      const text = readFileSync(traceFile(), "utf8");
      deepEqual(parseLines(text).flatMap(otlpProblems), []);
      const spans = wireSpans(parseLines(text));
      const wrote = spans.find(
        ({ name, attributes }) => name === "execute_tool write" && attributes["braid.subtask"] === "left",
      );
      match(String(wrote?.attributes["gen_ai.tool.call.arguments"]), /left\.md.*a token of GitHub.*line two/u);
      match(String(wrote?.attributes["gen_ai.tool.call.result"]), /left\.md/u);
      const chats = named(spans, "chat");
      ok(chats.every(({ attributes }) => attributes["gen_ai.output.messages"] !== undefined));
      ok(chats.some(({ attributes }) => String(attributes["gen_ai.output.messages"]).includes(SAID)));
      ok(
        chats.some(({ attributes }) =>
          String(attributes["gen_ai.input.messages"]).includes("Secret-of-the-plan-canary"),
        ),
      );
      for (const canary of [KEY, HEADER, "ghp_"]) ok(!text.includes(canary), canary);
    });

    for (const answer of [503, "hang"] as const)
      it(`leaves the run alone where the collector answers ${answer}`, async () => {
        await run(answer, { OTEL_EXPORTER_OTLP_TIMEOUT: "300" });
        ran(outcome, 3);
        ok(collector.received.length > 0);
        equal(named(kept(), "invoke_workflow").length, 1);
      });
  });
});
