import { describeFailure, toFailure, type Failure } from "../../core/failure";
import { plain } from "../../core/plain";
import { modelChoices, priceText } from "../../model/model-choice";
import { askModels, type ListedModel } from "../../model/model-list";
import { MODEL_ALIASES } from "../../model/models";
import { PRICES_DATE, PRICES_SOURCE } from "../../model/prices";
import type { Command } from "../command";
import { EXIT } from "../exit";
import { endpointOf } from "../ports";
import { pricesOf } from "../prices";

import type { Terminal } from "../terminal";

/** `braid models [--json]`: what the aliases mean now, every model the key can use, and what they cost. */
export async function runModels(command: Extract<Command, { name: "models" }>, terminal: Terminal): Promise<number> {
  const prices = await pricesOf(terminal);
  const listed = await list(terminal);
  const choices = modelChoices(listed, prices);
  const problem = "code" in listed ? listed : undefined;
  if (command.json) {
    terminal.out(
      JSON.stringify({ listed: problem === undefined, ...(problem && { failure: problem }), models: choices }),
    );
    return EXIT.done;
  }
  const width = Math.max(...choices.map(({ name }) => name.length));
  for (const { name, id, price } of choices)
    terminal.out(plain(`${name.padEnd(width)}  ${name === id ? "" : `${id}, `}${priceText(price)}`));
  if (problem !== undefined)
    terminal.out(plain(`What ${MODEL_ALIASES.join(", ")} mean is from Braid's own table: ${describeFailure(problem)}`));
  terminal.out(`Prices of ${PRICES_DATE} (${PRICES_SOURCE}); BRAID_PRICES names a file with your own.`);
  return EXIT.done;
}

async function list(terminal: Terminal): Promise<readonly ListedModel[] | Failure> {
  try {
    return await askModels(endpointOf(terminal.env))(new AbortController().signal);
  } catch (error) {
    return toFailure(error);
  }
}
