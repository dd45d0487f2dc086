import { BaseAnthropic } from "@anthropic-ai/sdk/client";
import { Messages } from "@anthropic-ai/sdk/resources/messages/messages";
import { Models } from "@anthropic-ai/sdk/resources/models";
import type { CallSpan } from "./call-span";

/** What Braid needs of the API. The SDK's own class has all of it, which is nine tenths of its code, to be loaded at each start. */
class Client extends BaseAnthropic {
  readonly messages = new Messages(this);
  readonly models = new Models(this);
}

/** What happens to one response on its way to the SDK. */
export interface ResponseGuard {
  onHeaders(response: Response): void;
  onBytes(): void;
}

/**
 * The SDK's client for one call, tamed: it is told everything, takes nothing from the environment, retries nothing,
 * logs nothing, follows no redirect (which would hand the key to another host) and reads no body without end.
 */
export function createClient(options: {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly guard: ResponseGuard;
  readonly span?: CallSpan;
}): Client {
  return withoutEnvironment(
    () =>
      new Client({
        apiKey: options.apiKey,
        baseURL: options.baseUrl,
        webhookKey: null,
        maxRetries: 0,
        logLevel: "off",
        openTelemetry: options.span?.option ?? false,
        timeout: SDK_TIMEOUT_MS,
        fetch: guardedFetch(options.guard),
      }),
  );
}

// Ours are shorter and can tell a server that hangs from one that cannot be reached; this one must only not fire first.
const SDK_TIMEOUT_MS = 24 * 60 * 60_000;
const MAX_STREAM_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

// ANTHROPIC_CUSTOM_HEADERS cannot be declined by any option of the client (1.12.0), and others may follow. The client
// reads its environment while it is built, which happens at one go, so nobody else sees the gap.
function withoutEnvironment<T>(build: () => T): T {
  // By name first: reading the value of every variable takes longer than all the rest of the building.
  const names = Object.keys(process.env).filter((name) => name.startsWith("ANTHROPIC_"));
  const hidden = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) delete process.env[name];
  try {
    return build();
  } finally {
    for (const [name, value] of hidden) process.env[name] = value;
  }
}

function guardedFetch(guard: ResponseGuard): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
  return async (input, init) => {
    // Looked up at the time of the call: VS Code replaces the global one to honour its proxy settings.
    const response = await globalThis.fetch(input, { ...init, redirect: "manual" });
    guard.onHeaders(response);
    if (response.body === null) return response;
    const limit = response.ok ? MAX_STREAM_BYTES : MAX_ERROR_BYTES;
    const { status, statusText, headers } = response;
    return new Response(observe(response.body, guard, limit), { status, statusText, headers });
  };
}

/** Hands on what comes, up to `maxBytes`. (A `TransformStream` does the same at four times the price: it buffers on both sides.) */
function observe(body: ReadableStream<Uint8Array>, guard: ResponseGuard, maxBytes: number): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        guard.onBytes();
        bytes += value.byteLength;
        if (bytes <= maxBytes) return controller.enqueue(value);
        controller.close();
        await reader.cancel();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
