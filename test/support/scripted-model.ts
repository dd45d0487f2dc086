import type { Block, Model, ModelReply, ModelRequest, StopReason } from "../../src/model/model";
import { USAGE } from "./builders";

/** One answer of the script; a function may look at the request, wait or abort first. */
export type Line = ModelReply | ((request: ModelRequest, signal: AbortSignal) => ModelReply | Promise<ModelReply>);

/** The Model port with a script in place of a model. Records every request; asked more than scripted, it throws. */
export class ScriptedModel implements Model {
  readonly requests: ModelRequest[] = [];
  readonly #script: Line[];

  constructor(script: readonly Line[]) {
    this.#script = [...script];
  }

  /** Lines nobody has asked for yet. */
  get left(): number {
    return this.#script.length;
  }

  async respond(request: ModelRequest, { signal }: { readonly signal: AbortSignal }): Promise<ModelReply> {
    // A request is judged as it stood when it was sent.
    this.requests.push(structuredClone(request));
    const line = this.#script.shift();
    if (line === undefined) throw new Error(`The script is at its end; request ${this.requests.length} has no answer.`);
    return typeof line === "function" ? line(request, signal) : line;
  }
}

/** A message that ended for this reason. */
export function reply(stopReason: StopReason, ...content: readonly Block[]): Extract<ModelReply, { kind: "message" }> {
  return { kind: "message", content, stopReason, usage: USAGE, model: "claude-sonnet-5-5", durationMs: 1 };
}

/** A message of text that ended by itself. */
export function say(words: string): ModelReply {
  return reply("end_turn", text(words));
}

/** A message that calls tools. */
export function callTools(...calls: readonly Block[]): ModelReply {
  return reply("tool_use", ...calls);
}

export function text(words: string): Block {
  return { type: "text", text: words };
}

export function call(id: string, name: string, input: unknown = {}): Block {
  return { type: "tool_use", id, name, input };
}

/** A block of signed thinking, which nobody here reads. */
export function thinking(words: string): Block {
  return { type: "opaque", raw: { type: "thinking", thinking: words, signature: "s" } };
}
