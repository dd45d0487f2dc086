import { toFailure } from "../core/failure";
import { createAnthropicModel } from "../model/anthropic";
import { govern } from "../model/governor";
import type { Model } from "../model/model";

/** Where a model is reached. */
export interface Endpoint {
  readonly apiKey: string;
  readonly baseUrl?: string;
}

/** Models by where they are reached: one governor for each endpoint, for as long as the window lives. */
export class Models {
  readonly #known = new Map<string, Model>();

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

  #governed(endpoint: Endpoint): Model {
    const key = JSON.stringify([endpoint.baseUrl ?? null, endpoint.apiKey]);
    const known = this.#known.get(key) ?? govern(createAnthropicModel(endpoint));
    this.#known.set(key, known);
    return known;
  }
}
