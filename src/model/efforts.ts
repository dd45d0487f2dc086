import { EFFORTS, type Effort } from "../core/effort";
import { resolveModel } from "./models";

/**
 * The effort a model is asked for when `wanted` is wished: the same, or the highest below it that the model knows.
 * Undefined for a model that takes no effort, or is not known to: the API answers 400 to an effort it does not have. Source:
 * platform.claude.com/docs/en/build-with-claude/effort, and `EffortCapability` of @anthropic-ai/sdk 1.12.0.
 */
export function supportedEffort(model: string, wanted: Effort | undefined): Effort | undefined {
  if (wanted === undefined) return undefined;
  const id = resolveModel(model);
  const known = LEVELS.find(([pattern]) => pattern.test(id))?.[1] ?? [];
  return known.findLast((level) => EFFORTS.indexOf(level) <= EFFORTS.indexOf(wanted));
}

/**
 * Whether thinking has to be asked for with `thinking: {type: "adaptive"}`. Newer models think without being asked, older
 * ones know a fixed budget only (`ThinkingConfigEnabled`), which is not sent. Source:
 * platform.claude.com/docs/en/build-with-claude/thinking.
 */
export function asksForThinking(model: string): boolean {
  return /^claude-(?:opus-4-[678]|sonnet-4-6)(?:-\d{8})?$/u.test(resolveModel(model));
}

const LEVELS: readonly (readonly [RegExp, readonly Effort[]])[] = [
  [/^claude-(?:opus|sonnet|fable|mythos)-5(?:-\d)?(?:-\d{8})?$/u, EFFORTS],
  [/^claude-haiku-5-5(?:-\d{8})?$/u, EFFORTS],
  [/^claude-opus-4-[78](?:-\d{8})?$/u, EFFORTS],
  [/^claude-(?:opus-4-6|sonnet-4-6)(?:-\d{8})?$/u, ["low", "medium", "high", "max"]],
  [/^claude-opus-4-5(?:-\d{8})?$/u, ["low", "medium", "high"]],
];
