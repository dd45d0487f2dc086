/**
 * The id of a model from what a user writes: `opus`, `sonnet` or `haiku` stand for the newest of their family, anything
 * else is taken as an exact id. Source of the ids: the `Model` type of @anthropic-ai/sdk 1.12.0.
 */
export function resolveModel(nameOrAlias: string): string {
  const name = nameOrAlias.trim();
  return ALIASES.get(name.toLowerCase()) ?? name;
}

/** The names that may stand in place of an exact model id. */
export const MODEL_ALIASES = ["opus", "sonnet", "haiku"] as const;

const ALIASES: ReadonlyMap<string, string> = new Map([
  ["opus", "claude-opus-5-5"],
  ["sonnet", "claude-sonnet-5-5"],
  ["haiku", "claude-haiku-5-5"],
]);

/** How much a model can read and write, in tokens. */
export interface ModelLimits {
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
}

/**
 * The limits of a model id or alias; a model we do not know gets the smallest ones still served, so that a request
 * is never refused for asking too much. Source: platform.claude.com/docs/en/about-claude/models, read 2026-10.
 */
export function modelLimits(nameOrAlias: string): ModelLimits {
  const model = resolveModel(nameOrAlias);
  return LIMITS.find(([pattern]) => pattern.test(model))?.[1] ?? UNKNOWN;
}

const UNKNOWN: ModelLimits = { contextTokens: 200_000, maxOutputTokens: 32_000 };

const LIMITS: readonly (readonly [RegExp, ModelLimits])[] = [
  [/^claude-(?:opus|sonnet|haiku|fable|mythos)-5(?:-|$)/u, { contextTokens: 1_000_000, maxOutputTokens: 128_000 }],
  [/^claude-(?:opus-4-[678]|sonnet-4-6)(?:-|$)/u, { contextTokens: 1_000_000, maxOutputTokens: 64_000 }],
  [/^claude-(?:opus|sonnet|haiku)-4-5(?:-|$)/u, { contextTokens: 200_000, maxOutputTokens: 64_000 }],
];
