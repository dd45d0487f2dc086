import { createHash } from "node:crypto";
import * as z from "zod";
import { imageTokens, readImage } from "../core/image";
import { blocksOf, type CountRequest } from "./request";

/** How the input of one request was billed, in tokens, and a hash of all of it. */
export interface InputUsage {
  readonly input: number;
  readonly cacheWrite: number;
  readonly cacheRead: number;
  readonly fingerprint: string;
  /** Makes what was written readable; the API does so when the reply begins. */
  readonly commit: () => void;
}

/** Shorter prefixes are not cached. Source: the API's prompt caching page, most models. */
const MIN_CACHED_TOKENS = 1024;
/** How far before a breakpoint the API looks for an older entry. Source: the same page. */
const LOOKBACK_BLOCKS = 20;
const MAX_ENTRIES = 20_000;

/** Plays the prompt cache: tools, system, messages in this order; a prefix up to a breakpoint seen before is read. */
export function createPromptCache(): (request: CountRequest) => InputUsage {
  const entries = new Set<string>();
  return (request) => {
    const prefixes = prefixesOf(request);
    const total = prefixes.at(-1)?.tokens ?? 0;
    const marked = prefixes.flatMap((prefix, i) => (prefix.marked && prefix.tokens >= MIN_CACHED_TOKENS ? [i] : []));
    const read = Math.max(
      0,
      ...marked.flatMap((i) =>
        prefixes
          .slice(Math.max(0, i - LOOKBACK_BLOCKS), i + 1)
          .filter((prefix) => entries.has(prefix.hash))
          .map((prefix) => prefix.tokens),
      ),
    );
    const cached = Math.max(read, ...marked.map((i) => prefixes[i]?.tokens ?? 0));
    return {
      input: total - cached,
      cacheWrite: cached - read,
      cacheRead: read,
      fingerprint: prefixes.at(-1)?.hash ?? "",
      commit: () => {
        for (const i of marked) entries.add(prefixes[i]?.hash ?? "");
        for (const oldest of entries) {
          if (entries.size <= MAX_ENTRIES) break;
          entries.delete(oldest);
        }
      },
    };
  };
}

/** Tokens in a text, roughly: four bytes each. */
export function countTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

/** Tokens in a whole request. */
export function countInput(request: CountRequest): number {
  return prefixesOf(request).at(-1)?.tokens ?? 0;
}

const ImageBlock = z.looseObject({ type: z.literal("image"), source: z.looseObject({ data: z.string() }) });

/** What an image counts as; undefined for anything else. */
function imageTokensOf(value: unknown): number | undefined {
  // Asked of every value of a request, most of which are texts.
  if (typeof value !== "object" || value === null) return undefined;
  const { data } = ImageBlock.safeParse(value);
  const facts = data === undefined ? undefined : readImage(Buffer.from(data.source.data, "base64"));
  return facts === undefined ? undefined : imageTokens(facts);
}

interface Prefix {
  readonly hash: string;
  readonly tokens: number;
  readonly marked: boolean;
}

function prefixesOf(request: CountRequest): readonly Prefix[] {
  const blocks: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ...(request.tools ?? []).map((tool) => ["tool", tool] as const),
    ...blocksOf(request.system ?? []).map((block) => ["system", block] as const),
    ...request.messages.flatMap(({ role, content }) => blocksOf(content).map((block) => [role, block] as const)),
  ];
  const everywhere = (request.cache_control ?? null) !== null;
  let hash = request.model;
  let tokens = 0;
  return blocks.map(([place, { cache_control: mark, ...block }], i) => {
    let images = 0;
    const json = JSON.stringify([place, block], (_key, value: unknown) => {
      const tokens = imageTokensOf(value);
      if (tokens === undefined) return value;
      images += tokens;
      return { image: createHash("sha256").update(JSON.stringify(value)).digest("hex") };
    });
    hash = createHash("sha256").update(hash).update(json).digest("hex");
    tokens += countTokens(json) + images;
    return { hash, tokens, marked: (mark ?? null) !== null || (everywhere && i === blocks.length - 1) };
  });
}
