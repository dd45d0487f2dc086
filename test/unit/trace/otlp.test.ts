import { deepEqual } from "node:assert/strict";
import type { Attribute } from "../../../src/core/api-call";
import { toOtlp } from "../../../src/trace/otlp";
import type { Span } from "../../../src/trace/span";

describe("an attribute on the wire has the kind its name has, whatever its value", () => {
  const onWire = (key: string, value: Attribute): unknown => {
    const span: Span = {
      traceId: "0",
      spanId: "0",
      parent: null,
      name: "n",
      kind: "internal",
      from: 0,
      to: 0,
      attributes: { [key]: value },
      events: [],
      error: null,
    };
    const [line] = (toOtlp([span], { resource: {} }) as Document).resourceSpans;
    return line?.scopeSpans[0]?.spans[0]?.attributes[0]?.value;
  };
  const table: readonly (readonly [string, Attribute, unknown])[] = [
    ["braid.cost.usd", 0.25, { doubleValue: 0.25 }],
    ["braid.cost.usd", 1, { doubleValue: 1 }],
    ["braid.cost.usd", 0, { doubleValue: 0 }],
    ["gen_ai.response.time_to_first_chunk", 2, { doubleValue: 2 }],
    ["gen_ai.request.temperature", 1, { doubleValue: 1 }],
    ["gen_ai.usage.input_tokens", 12, { intValue: "12" }],
    ["http.response.status_code", 200, { intValue: "200" }],
    // No integer holds it, so nobody can send it as one.
    ["gen_ai.usage.input_tokens", 0.5, { doubleValue: 0.5 }],
    ["gen_ai.request.model", "opus", { stringValue: "opus" }],
    ["gen_ai.request.stream", true, { boolValue: true }],
    ["gen_ai.response.finish_reasons", ["stop"], { arrayValue: { values: [{ stringValue: "stop" }] } }],
    ["braid.text", "half \ud83d", { stringValue: "half \ufffd" }],
  ];
  for (const [key, value, expected] of table)
    it(`${key} ${JSON.stringify(value)}`, () => deepEqual(onWire(key, value), expected));
});

interface Document {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly { readonly attributes: readonly { readonly value: unknown }[] }[];
    }[];
  }[];
}
