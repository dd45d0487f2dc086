import { equal } from "node:assert/strict";
import { asksForThinking, supportedEffort } from "../../../src/model/efforts";

describe("what effort a model is asked for", () => {
  for (const [model, wanted, sent] of [
    ["opus", "max", "max"],
    ["sonnet", "xhigh", "xhigh"],
    ["haiku", "low", "low"],
    ["claude-fable-5-2", "max", "max"],
    ["claude-opus-4-8-20260101", "xhigh", "xhigh"],
    ["claude-opus-4-6", "xhigh", "high"],
    ["claude-sonnet-4-6", "max", "max"],
    ["claude-opus-4-5-20251101", "max", "high"],
    ["claude-haiku-4-5", "low", undefined],
    ["claude-sonnet-4-5-20250929", "high", undefined],
    ["a-local-model", "high", undefined],
    ["opus", undefined, undefined],
  ] as const)
    it(`${model}, ${wanted} wished: ${sent}`, () => equal(supportedEffort(model, wanted), sent));
});

describe("who is asked to think", () => {
  for (const [model, asked] of [
    ["opus", false],
    ["claude-sonnet-5", false],
    ["claude-opus-4-7", true],
    ["claude-sonnet-4-6", true],
    ["claude-opus-4-5", false],
    ["a-local-model", false],
  ] as const)
    it(`${model}: ${asked}`, () => equal(asksForThinking(model), asked));
});
