import { toFailure } from "../../core/failure";
import { createAnthropicModel } from "../../model/anthropic";
import { type Catalogue, openCatalogue } from "../../model/catalogue";
import { govern } from "../../model/governor";
import type { Model } from "../../model/model";
import { askModels } from "../../model/model-list";
import { resolveModel } from "../../model/models";
import { PRICES, type PriceRule } from "../../model/prices";

/** Where a model is reached. */
export interface Endpoint {
  readonly apiKey: string;
  readonly baseUrl?: string;
}

/** Models by where they are reached: one governor for each endpoint, for as long as the window lives. */
export class Models {
  readonly #known = new Map<string, Model>();
  readonly #catalogues = new Map<string, Catalogue>();
  readonly #prices: () => readonly PriceRule[];

  constructor(prices: () => readonly PriceRule[] = () => PRICES) {
    this.#prices = prices;
  }

  /**
   * A model that asks for its endpoint at every call, so that a new key reaches the runs that are open. What the
   * question throws is the call's failure.
   */
  at(endpoint: () => Promise<Endpoint>): Model {
    return {
      respond: async (request, call) => {
        let found: Endpoint;
        try {
          found = await endpoint();
        } catch (error) {
          return { kind: "failed", failure: toFailure(error), transient: false };
        }
        return this.#governed(found).respond(request, call);
      },
    };
  }

  /**
   * Resolves names of models as {@link Catalogue.resolve} does, without waiting: until the endpoint is known Braid's own
   * table answers.
   */
  resolver(endpoint: () => Promise<Endpoint>): Catalogue["resolve"] {
    let current: Catalogue | undefined;
    return (name, needs) => {
      // Without an endpoint no call will be made either, and that is where it is told.
      void this.#catalogueAt(endpoint, name).then(
        (found) => (current = found),
        () => undefined,
      );
      return current?.resolve(name, needs) ?? resolveModel(name);
    };
  }

  async #catalogueAt(endpoint: () => Promise<Endpoint>, name: string): Promise<Catalogue> {
    const found = this.catalogue(await endpoint());
    // Sets the list going.
    found.resolve(name);
    return found;
  }

  /** What names of models mean at an endpoint; its list is asked for once for as long as the window lives. */
  catalogue(endpoint: Endpoint): Catalogue {
    const key = keyOf(endpoint);
    const known = this.#catalogues.get(key) ?? openCatalogue(askModels(endpoint), this.#prices);
    this.#catalogues.set(key, known);
    return known;
  }

  #governed(endpoint: Endpoint): Model {
    const key = keyOf(endpoint);
    const known =
      this.#known.get(key) ??
      // The user may set other prices at any time; the governor stays the one of its endpoint.
      govern({
        respond: (request, call) =>
          createAnthropicModel({ ...endpoint, prices: this.#prices() }).respond(request, call),
      });
    this.#known.set(key, known);
    return known;
  }
}

function keyOf(endpoint: Endpoint): string {
  return JSON.stringify([endpoint.baseUrl ?? null, endpoint.apiKey]);
}
