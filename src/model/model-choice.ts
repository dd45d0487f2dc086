import type { Failure } from "../core/failure";
import { newestOf } from "./catalogue";
import type { ListedModel } from "./model-list";
import { MODEL_ALIASES, resolveModel } from "./models";
import { type Price, priceOf, type PriceRule } from "./prices";

/** A model a user can name. */
export interface ModelChoice {
  /** What to write: an alias or an id. */
  readonly name: string;
  readonly id: string;
  /** Per million tokens; undefined where it is not known. */
  readonly price: Price | undefined;
}

/** Names of models: the aliases and what they mean now, then every active model there is. */
export function modelChoices(
  listed: readonly ListedModel[] | Failure,
  prices: readonly PriceRule[],
): readonly ModelChoice[] {
  const models = "code" in listed ? [] : listed;
  const choice = (name: string, id: string): ModelChoice => ({ name, id, price: priceOf(id, prices) });
  return [
    ...MODEL_ALIASES.map((alias) => choice(alias, newestOf(alias, models) ?? resolveModel(alias))),
    ...models.filter(({ active }) => active).map(({ id }) => choice(id, id)),
  ];
}

/** What a model costs, in a few words. */
export function priceText(price: Price | undefined): string {
  return price === undefined ? "price unknown" : `$${price.input} in, $${price.output} out per million tokens`;
}
