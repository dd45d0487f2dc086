import { deepEqual, equal, throws } from "node:assert/strict";
import { targetAt, traceSettings } from "../../../src/trace/target";

type Env = Readonly<Record<string, string>>;
const E = "OTEL_EXPORTER_OTLP_ENDPOINT";
const T = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

describe("what the environment wants of traces", () => {
  const urls: readonly (readonly [Env, string | undefined])[] = [
    [{}, undefined],
    [{ [E]: "" }, undefined],
    [{ [E]: "http://localhost:4318" }, "http://localhost:4318/v1/traces"],
    [{ [E]: "https://x.test/otlp/" }, "https://x.test/otlp/v1/traces"],
    [{ [T]: "http://localhost:4318/own" }, "http://localhost:4318/own"],
    [{ [E]: "http://a", [T]: "http://b/t" }, "http://b/t"],
    [{ [E]: "http://a", OTEL_SDK_DISABLED: "true" }, undefined],
    [{ [E]: "http://a", OTEL_TRACES_EXPORTER: "none" }, undefined],
    [{ [E]: "http://a", OTEL_TRACES_EXPORTER: "console, otlp" }, "http://a/v1/traces"],
    [{ [E]: "http://a", OTEL_TRACES_EXPORTER: "" }, "http://a/v1/traces"],
    [{ [E]: "http://a", OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" }, "http://a/v1/traces"],
  ];
  for (const [env, url] of urls) it(JSON.stringify(env), () => equal(traceSettings(env).target?.url, url));

  const problems: readonly (readonly [Env, RegExp])[] = [
    [{ [E]: "http://a", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, /is grpc/u],
    [{ [E]: "localhost:4318" }, /no http address/u],
    [{ [E]: "http://user:pass@x" }, /no http address/u],
  ];
  for (const [env, problem] of problems)
    it(`${JSON.stringify(env)} is said to be of no use, without its words`, () => {
      const {
        target,
        problems: [said = ""],
      } = traceSettings(env);
      equal(target, null);
      equal(problem.test(said) && !said.includes("pass"), true);
    });

  it("headers, time, name and attributes", () => {
    const { target, resource } = traceSettings({
      [E]: "http://a",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20x, broken ,b=c=d",
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "5000",
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
      OTEL_RESOURCE_ATTRIBUTES: "service.name=x,team=a%2Cb,%zz=1",
      OTEL_SERVICE_NAME: "mine",
    });
    deepEqual(target, {
      url: "http://a/v1/traces",
      headers: { authorization: "Bearer x", b: "c=d" },
      timeoutMs: 5000,
      gzip: true,
    });
    deepEqual(resource, { "service.name": "mine", team: "a,b", "%zz": "1" });
  });
  it("what is empty is as if it were not set", () => {
    const { target } = traceSettings({
      [E]: "http://a",
      [T]: " ",
      OTEL_EXPORTER_OTLP_HEADERS: "k=v",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "",
      OTEL_EXPORTER_OTLP_TIMEOUT: "3000",
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "",
    });
    deepEqual(target, { url: "http://a/v1/traces", headers: { k: "v" }, timeoutMs: 3000, gzip: false });
  });
  for (const [value, ms] of [
    ["0.5", 1],
    ["1500.2", 1501],
    ["Infinity", 60_000],
    ["-1", 10_000],
    ["NaN", 10_000],
    ["soon", 10_000],
  ] as const)
    it(`a time of "${value}" is ${ms} ms, which a timer takes`, () => {
      const { target } = traceSettings({ [E]: "http://a", OTEL_EXPORTER_OTLP_TIMEOUT: value });
      equal(target?.timeoutMs, ms);
    });
  for (const [value, content] of [
    ["", false],
    ["false", false],
    ["true", true],
    ["SPAN_ONLY", true],
    ["event_only", false],
  ] as const)
    it(`content is ${content} for "${value}"`, () =>
      equal(traceSettings({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: value }).content, content));

  it("sends its headers to its own endpoint alone", () => {
    const settings = traceSettings({ [E]: "http://a", OTEL_EXPORTER_OTLP_HEADERS: "k=v" });
    deepEqual(targetAt("http://a/", settings).headers, { k: "v" });
    deepEqual(targetAt("http://b/v1/traces", settings).headers, {});
    throws(() => targetAt("file:///etc/passwd", settings), /no http address/u);
  });
});
