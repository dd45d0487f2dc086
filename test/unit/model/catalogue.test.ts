import { deepEqual, equal } from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { failure } from "../../../src/core/failure";
import { openCatalogue } from "../../../src/model/catalogue";
import { modelChoices } from "../../../src/model/model-choice";
import type { AskModels, ListedModel } from "../../../src/model/model-list";
import { PRICES } from "../../../src/model/prices";
import { never } from "../../support/model-request";

const model = (id: string, line: string | null, more: Partial<ListedModel> = {}): ListedModel => ({
  id,
  name: id,
  line,
  releasedAt: 0,
  active: true,
  ...more,
});
const LISTED = [
  model("claude-opus-7", "opus", { active: false }),
  model("claude-opus-6", "opus"),
  model("claude-opus-5-5", "opus"),
  model("claude-sonnet-5", "sonnet"),
  model("opus-like", null),
];

async function asked(ask: AskModels) {
  let times = 0;
  const catalogue = openCatalogue(
    (signal) => {
      times += 1;
      return ask(signal);
    },
    () => PRICES,
  );
  const first = catalogue.resolve("opus");
  await setImmediate();
  return { catalogue, first, times: () => times };
}

describe("what names of models mean", () => {
  for (const [name, needs, id] of [
    ["opus", {}, "claude-opus-6"],
    [" Opus", {}, "claude-opus-6"],
    ["opus", { price: true }, "claude-opus-5-5"],
    ["sonnet", {}, "claude-sonnet-5"],
    ["haiku", {}, "claude-haiku-5-5"],
    ["claude-opus-4-5", {}, "claude-opus-4-5"],
    ["fable", {}, "fable"],
  ] as const)
    it(`${name}${"price" in needs ? " with a price" : ""}: ${id}`, async () => {
      const { catalogue } = await asked(async () => LISTED);
      equal(catalogue.resolve(name, needs), id);
    });

  it("until the list is there, what the table says; asked once", async () => {
    const { catalogue, first, times } = await asked(async () => LISTED);
    equal(first, "claude-opus-5-5");
    for (const name of ["opus", "sonnet", "haiku"]) catalogue.resolve(name);
    deepEqual(await catalogue.listed(never()), LISTED);
    equal(times(), 1);
  });

  it("without a list, what the table says, for ever; only who asks for the list asks again", async () => {
    const why = failure("model.network", "No line.");
    const { catalogue, times } = await asked(async () => why);
    equal(catalogue.resolve("opus"), "claude-opus-5-5");
    equal(times(), 1);
    equal(await catalogue.listed(never()), why);
    equal(times(), 2);
  });

  it("an exact id asks nobody", async () => {
    const catalogue = openCatalogue(
      () => Promise.reject(new Error("asked")),
      () => PRICES,
    );
    equal(catalogue.resolve("claude-opus-4-5"), "claude-opus-4-5");
    equal(catalogue.resolve("sonnet"), "claude-sonnet-5-5");
  });
});

it("models to choose from: the aliases, then all active ones, with what they cost", () => {
  const names = modelChoices(LISTED, PRICES).map(({ name, id, price }) => [name, id, price?.input]);
  deepEqual(names, [
    ["opus", "claude-opus-6", undefined],
    ["sonnet", "claude-sonnet-5", 2],
    ["haiku", "claude-haiku-5-5", 0.1],
    ["claude-opus-6", "claude-opus-6", undefined],
    ["claude-opus-5-5", "claude-opus-5-5", 4],
    ["claude-sonnet-5", "claude-sonnet-5", 2],
    ["opus-like", "opus-like", undefined],
  ]);
  equal(modelChoices(failure("model.network", "No line."), PRICES).length, 3);
});
