import type { Scenario } from "./scenario";

/** The models `GET /v1/models` lists unless the scenario does. Source: the `Model` type of @anthropic-ai/sdk 1.12.0, newest of each family. */
export const MODELS = ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"] as const;

/** The list of models, one page of it. */
export function modelPage(listed: Scenario["models"]): object {
  const data = listed === undefined ? MODELS.map((id) => toModelInfo(id)) : listed.map((m) => toModelInfo(m.id, m));
  const ids = listed === undefined ? MODELS : listed.map(({ id }) => id);
  return { data, has_more: false, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null };
}

/** One model as the API describes it. Any name is known here: a scenario answers for every model. */
export function toModelInfo(id: string, more: Partial<NonNullable<Scenario["models"]>[number]> = {}): object {
  return {
    type: "model",
    id,
    display_name: `${id} (scripted demo)`,
    created_at: more.created_at ?? "2026-01-01T00:00:00Z",
    deprecated_at: null,
    retires_at: null,
    lifecycle: more.lifecycle ?? "active",
    line: more.line ?? ["opus", "sonnet", "haiku"].find((line) => id.includes(line)) ?? null,
    max_input_tokens: 200_000,
    max_tokens: 64_000,
    capabilities: null,
  };
}
