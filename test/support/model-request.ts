import type { ModelReply, ModelRequest } from "../../src/model/model";

/** A key nothing but a request header may ever contain. */
export const CANARY_KEY = "sk-test-canary-0123456789";

/** The least one can ask. */
export const REQUEST: ModelRequest = {
  model: "claude-sonnet-5-5",
  system: "You are a worker.",
  tools: [],
  messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }],
  maxTokens: 1000,
};

/** A signal nobody aborts. */
export function never(): AbortSignal {
  return new AbortController().signal;
}

/** The message in a reply; throws for a failure, with its words. */
export function messageOf(reply: ModelReply): Extract<ModelReply, { kind: "message" }> {
  if (reply.kind === "message") return reply;
  throw new Error(`failed: ${reply.failure.code} ${reply.failure.message}`);
}

/** The failure in a reply; throws for a message. */
export function failedOf(reply: ModelReply): Extract<ModelReply, { kind: "failed" }> {
  if (reply.kind === "failed") return reply;
  throw new Error("a message came where a failure was due");
}
