import type { Failure } from "../core/failure";
import type { AskModels, ListedModel } from "./model-list";
import { MODEL_ALIASES, resolveModel } from "./models";
import { hasPrice, type PriceRule } from "./prices";

/** What a name of a model has to stand for. */
export interface ModelNeeds {
  /** A budget in money wants a model whose price is known. */
  readonly price?: boolean;
}

/** What names of models mean at one endpoint. */
export interface Catalogue {
  /**
   * The exact id for an alias, any other name as it is. Never waits: the first question sets the API's list going in the
   * background, and until that is there, or where there is none, Braid's own table answers.
   */
  resolve(name: string, needs?: ModelNeeds): string;
  /** What the API lists, asked for once; a failure is not kept, so that it can be asked again. */
  listed(signal: AbortSignal): Promise<readonly ListedModel[] | Failure>;
}

/** The names of an endpoint's models. */
export function openCatalogue(ask: AskModels, prices: () => readonly PriceRule[]): Catalogue {
  let found: readonly ListedModel[] | undefined;
  let asked = false;
  const listed: Catalogue["listed"] = async (signal) => {
    if (found !== undefined) return found;
    const answer = await ask(signal);
    if (!("code" in answer)) found = answer;
    return answer;
  };
  return {
    listed,
    resolve(name, needs = {}) {
      const alias = aliasOf(name);
      if (alias === undefined) return resolveModel(name);
      if (!asked) {
        asked = true;
        // Nobody waits for it, and what went wrong is told to who asks for the list itself.
        void listed(new AbortController().signal).catch(() => undefined);
      }
      return newestOf(alias, found ?? [], needs.price === true ? prices() : undefined) ?? resolveModel(alias);
    },
  };
}

/** The newest active model of a line, the first of a list in that order; with prices, of those that have one. */
export function newestOf(
  line: string,
  models: readonly ListedModel[],
  prices?: readonly PriceRule[],
): string | undefined {
  return models.find(
    (model) => model.line === line && model.active && (prices === undefined || hasPrice(model.id, prices)),
  )?.id;
}

function aliasOf(name: string): (typeof MODEL_ALIASES)[number] | undefined {
  const word = name.trim().toLowerCase();
  return MODEL_ALIASES.find((alias) => alias === word);
}
