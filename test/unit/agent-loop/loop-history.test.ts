import { equal } from "node:assert/strict";
import type { Verdict } from "../../../src/agent/loop";
import { signatureOf } from "../../../src/demo/signature";
import type { Block, StopReason } from "../../../src/model/model";
import { random } from "../../support/random";
import { call, reply, text } from "../../support/scripted-model";
import { play, tool, WORD } from "./agent";
import { unlessQuick } from "../../support/size";

const TOOLS = [tool("write"), tool("read", { readOnly: true })];
const notYet = async (): Promise<Verdict<string>> => ({ kind: "again", say: "Not yet." });
const NEVER = { spec: WORD.spec, conclude: notYet, concludeText: notYet };

describe("whatever the model says, the history is one the API takes", () => {
  const STOPS: readonly StopReason[] = [
    "tool_use",
    "tool_use",
    "end_turn",
    "max_tokens",
    "pause_turn",
    "stop_sequence",
    "other",
  ];
  for (let seed = 1; seed <= unlessQuick(25, 5); seed += 1)
    it(`seed ${seed}`, async () => {
      const next = random(seed);
      let id = 0;
      const block = (): Block => {
        const n = next(9);
        if (n < 2) return text(["again", "", " \n ", "again\n"][next(4)] ?? "");
        if (n < 3)
          return { type: "opaque", raw: { type: "thinking", thinking: `${id}`, signature: signatureOf(`${id}`) } };
        if (n < 4) return call(`t${(id += 1)}`, "finish");
        return call(
          `t${(id += 1)}`,
          ["read", "write", "unknown", "read"][next(4)] ?? "",
          [{}, { n: 1 }, { n: "x" }][next(3)],
        );
      };
      const script = Array.from({ length: 25 }, () =>
        reply(STOPS[next(STOPS.length)] ?? "other", ...Array.from({ length: next(5) }, block)),
      );
      // `play` checks every request.
      const { outcome, model } = await play(script, { conclusion: NEVER, tools: TOOLS, maxTurns: 25 });
      equal(outcome.kind, "failed");
      equal(outcome.kind === "failed" && ["limit.turns", "model.max-tokens"].includes(outcome.failure.code), true);
      equal(model.requests.length > 2, true);
    });
});
