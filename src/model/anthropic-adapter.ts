import { listModels } from "./anthropic-list";
import { createLoadedModel } from "./anthropic-model";

/** All that needs the SDK, in one piece: it is loaded once, by the first call. */
export const adapter = { createLoadedModel, listModels };
