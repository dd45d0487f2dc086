import type { ApiCall } from "../core/api-call";
import type { Effort } from "../core/effort";
import type { Failure } from "../core/failure";
import type { ImageType } from "../core/image";
import type { WebDomains } from "../core/web";
import type { Usage } from "../core/usage";

/** A block of a message. Blocks we do not read (signed thinking, server tools) are kept as they came. */
export type Block = TextBlock | ImageBlock | ToolUseBlock | ToolResultBlock | OpaqueBlock;
export interface TextBlock {
  readonly type: "text";
  readonly text: string;
  /** Where it says it is from, as it came. */
  readonly citations?: readonly object[];
}
export interface ImageBlock {
  readonly type: "image";
  /** What people and models call it. */
  readonly name: string;
  readonly mediaType: ImageType;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly sha256: string;
  /** What it counts as, by estimate. */
  readonly tokens: number;
  /** Base64. Never in a log or transcript. */
  readonly data: string;
}
export interface ToolUseBlock {
  readonly type: "tool_use";
  readonly id: string;
  readonly name: string;
  /** Untrusted; every tool parses it. */
  readonly input: unknown;
}
export interface ToolResultBlock {
  readonly type: "tool_result";
  readonly tool_use_id: string;
  readonly content: string;
  readonly images?: readonly ImageBlock[];
  readonly is_error?: boolean;
}
export interface OpaqueBlock {
  readonly type: "opaque";
  readonly raw: object;
}

/** One side's turn in a conversation. */
export interface Message {
  readonly role: "user" | "assistant";
  readonly content: readonly Block[];
}

/** A tool as the model is told about it. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON schema of the input. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** One call. `system` and `tools` are the same to the byte for all workers of a role, so that the cache holds. */
export interface ModelRequest {
  readonly model: string;
  readonly system: string;
  readonly tools: readonly ToolSpec[];
  readonly messages: readonly Message[];
  readonly maxTokens: number;
  /** Not sent to a model that does not know it. */
  readonly effort?: Effort | undefined;
  /** Where the API's own web tools may look; absent without them. */
  readonly web?: WebDomains | undefined;
  /** The tools stand in the history, but none is to be called now. */
  readonly toolChoice?: "none";
}

/** Why a message ended; `other` is a reason this version does not know. */
export type StopReason =
  | "end_turn"
  | "tool_use"
  | "max_tokens"
  | "stop_sequence"
  | "pause_turn"
  | "refusal"
  | "context"
  | "other";

/** What came back. Failures are data: an implementation never throws for the request's or the model's sake. */
export type ModelReply =
  | {
      readonly kind: "message";
      readonly content: readonly Block[];
      readonly stopReason: StopReason;
      readonly usage: Usage;
      /** How long the conversation is with this message, in tokens, where the usage is more than that. */
      readonly contextTokens?: number;
      /** The model that answered. */
      readonly model: string;
      readonly durationMs: number;
      /** The requests it took, the last one answered. */
      readonly calls?: readonly ApiCall[];
    }
  | {
      readonly kind: "failed";
      readonly failure: Failure;
      /** Whether the same request may succeed later. */
      readonly transient: boolean;
      /** How long the server asked to wait, in milliseconds. */
      readonly retryAfterMs?: number;
      /** What was paid all the same, as far as the server said so before it broke off. */
      readonly usage?: Usage;
      readonly calls?: readonly ApiCall[];
    };

/** Something to show while a message is being written; never needed to understand the reply. */
export type ModelProgress =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tool"; readonly name: string }
  | { readonly type: "waiting"; readonly reason: string; readonly ms: number }
  /** What it waited for is over: the request is on its way, and costs. */
  | { readonly type: "sent" }
  /** How many requests may be in flight at once has changed, for all callers. */
  | { readonly type: "pace"; readonly inFlight: number; readonly reason: string };

/**
 * The port to a large language model. Rejects only when `signal` aborts; where something has been paid for by then it resolves with a failure
 * that says how much, so who asks looks at the signal, too.
 */
export interface Model {
  respond(
    request: ModelRequest,
    options: { readonly signal: AbortSignal; readonly onProgress?: (progress: ModelProgress) => void },
  ): Promise<ModelReply>;
}
