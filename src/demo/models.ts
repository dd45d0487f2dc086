/** The models `GET /v1/models` lists. Source: the `Model` type of @anthropic-ai/sdk 1.12.0, newest of each family. */
export const MODELS = ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"] as const;

/** One model as the API describes it. Any name is known here: a scenario answers for every model. */
export function toModelInfo(id: string): object {
  return {
    type: "model",
    id,
    display_name: `${id} (scripted demo)`,
    created_at: "2026-01-01T00:00:00Z",
    deprecated_at: null,
    retires_at: null,
    lifecycle: "active",
    line: ["opus", "sonnet", "haiku"].find((line) => id.includes(line)) ?? null,
    max_input_tokens: 200_000,
    max_tokens: 64_000,
    capabilities: null,
  };
}
