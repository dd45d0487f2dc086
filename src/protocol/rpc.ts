import * as z from "zod/mini";
import { BraidError, failure, toFailure, type Failure } from "../core/failure";
import type { Disposable } from "../util/disposable";

/** Requests by name, with what they take and give. */
export type Calls = Readonly<Record<string, { readonly params: unknown; readonly reply: unknown }>>;

/** For a side that asks or tells nothing. */
export type Nothing = Readonly<Record<string, never>>;

/** Answers to the other side's requests: the schema that parses them and the function that does them. */
export type Served<C extends Calls> = {
  readonly [K in keyof C]: {
    readonly schema: z.core.$ZodType<C[K]["params"]>;
    readonly answer: (params: C[K]["params"]) => C[K]["reply"] | Promise<C[K]["reply"]>;
  };
};

/** What to do about the other side's events. */
export type Heard<E> = {
  readonly [K in keyof E]: { readonly schema: z.core.$ZodType<E[K]>; readonly hear: (data: E[K]) => void };
};

/** `In` and `InEvents` come from the other side, `Out` and `OutEvents` go to it. */
export interface RpcOptions<In extends Calls, InEvents> {
  readonly post: (message: Message) => void;
  readonly serve: Served<In>;
  readonly hear: Heard<InEvents>;
  /** Told about a message that has no one to reply to: an unknown or misshapen event or reply. */
  readonly onInvalid?: (failure: Failure) => void;
}

const Id = z.int().check(z.minimum(1));
const Name = z.string().check(z.minLength(1), z.maxLength(64));

/** One message, either way. */
export const Message = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("request"), id: Id, name: Name, params: z.unknown() }),
  z.strictObject({ kind: z.literal("reply"), id: Id, value: z.unknown() }),
  z.strictObject({
    kind: z.literal("error"),
    id: Id,
    failure: z.custom<Failure>(isFailure, "a failure has a message"),
  }),
  z.strictObject({ kind: z.literal("event"), name: Name, data: z.unknown() }),
]);
export type Message = z.infer<typeof Message>;

/** The most requests of the other side that are worked on at a time. */
export const MAX_OPEN_REQUESTS = 64;

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: BraidError) => void };

/**
 * One side of a typed conversation over messages; both sides use the same class. A request that is unknown, does not
 * parse or fails gets an error reply that names the field or carries the failure; it never throws at the receiver.
 */
export class Rpc<In extends Calls, InEvents, Out extends Calls, OutEvents> implements Disposable {
  readonly #options: RpcOptions<In, InEvents>;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #open = 0;
  #disposed = false;

  constructor(options: RpcOptions<In, InEvents>) {
    this.#options = options;
  }

  /** Asks the other side. Rejects with a {@link BraidError}: the other side's failure, or that this side was closed. */
  request<K extends keyof Out & string>(name: K, params: Out[K]["params"]): Promise<Out[K]["reply"]> {
    if (this.#disposed) return Promise.reject(closed());
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#options.post({ kind: "request", id, name, params });
    });
  }

  /** Tells the other side; nobody replies. */
  notify<K extends keyof OutEvents & string>(name: K, data: OutEvents[K]): void {
    if (!this.#disposed) this.#options.post({ kind: "event", name, data });
  }

  /** Takes one message from the other side, whatever it is. */
  receive(raw: unknown): void {
    if (this.#disposed) return;
    const parsed = Message.safeParse(raw);
    if (!parsed.success) return this.#refuse(raw, `The message is not readable: ${describe(parsed.error, "message")}.`);
    const message = parsed.data;
    switch (message.kind) {
      case "request":
        void this.#answer(message.id, message.name, message.params);
        return;
      case "reply":
        this.#settle(message.id)?.resolve(message.value);
        return;
      case "error":
        this.#settle(message.id)?.reject(new BraidError(message.failure));
        return;
      case "event":
        return this.#hear(message.name, message.data);
    }
  }

  /** Ends the conversation; whoever still waits for a reply is told so. */
  dispose(): void {
    this.#disposed = true;
    for (const waiting of this.#waiting.values()) waiting.reject(closed());
    this.#waiting.clear();
  }

  async #answer(id: number, name: string, params: unknown): Promise<void> {
    // Not `serve[name]`: that would find "constructor" and the like.
    const served = ownValue(this.#options.serve, name);
    if (served === undefined) return this.#fail(id, invalid(`There is no request ${JSON.stringify(name)}.`));
    const parsed = z.safeParse(served.schema, params);
    if (!parsed.success) return this.#fail(id, invalid(`"${name}" is not valid: ${describe(parsed.error, "params")}.`));
    if (this.#open >= MAX_OPEN_REQUESTS)
      return this.#fail(id, failure("internal", "Too many requests at a time.", { hint: "Try again in a moment." }));
    this.#open += 1;
    try {
      const value = await served.answer(parsed.data);
      if (!this.#disposed) this.#options.post({ kind: "reply", id, value });
    } catch (error) {
      this.#fail(id, toFailure(error));
    } finally {
      this.#open -= 1;
    }
  }

  #hear(name: string, data: unknown): void {
    const heard = ownValue(this.#options.hear, name);
    if (heard === undefined) return this.#options.onInvalid?.(invalid(`There is no event ${JSON.stringify(name)}.`));
    const parsed = z.safeParse(heard.schema, data);
    if (parsed.success) heard.hear(parsed.data);
    else this.#options.onInvalid?.(invalid(`"${name}" is not valid: ${describe(parsed.error, "data")}.`));
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #refuse(raw: unknown, message: string): void {
    const id = RequestId.safeParse(raw);
    if (id.success) this.#fail(id.data.id, invalid(message));
    else this.#options.onInvalid?.(invalid(message));
  }

  #fail(id: number, why: Failure): void {
    if (!this.#disposed) this.#options.post({ kind: "error", id, failure: why });
  }
}

/** Enough of a misshapen request to reply to it. Never an answer's id: two sides would refuse each other for ever. */
const RequestId = z.object({ kind: z.literal("request"), id: Id });

function ownValue<T extends object>(record: T, key: string): T[keyof T] | undefined {
  return Object.hasOwn(record, key) ? record[key as keyof T] : undefined;
}

/** Names the field and the rule, never the value: it may be megabytes of someone's text. */
function describe(error: z.core.$ZodError, root: string): string {
  const [issue] = error.issues;
  if (issue === undefined) return root;
  const path = [root, ...issue.path.map(String)].join(".");
  return `${path}: ${issue.code === "unrecognized_keys" ? "has a key that is not known" : issue.message}`;
}

function invalid(message: string): Failure {
  return failure("internal", message, { hint: "Reload the window; if it happens again, report it." });
}

function closed(): BraidError {
  return new BraidError(failure("cancelled", "The review panel was closed."));
}

function isFailure(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    typeof value.code === "string" &&
    "message" in value &&
    typeof value.message === "string"
  );
}
