import { type IncomingHttpHeaders, type ServerResponse, createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A request as it came over the wire, and the means to answer it in any way at all. */
export interface RawExchange {
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  readonly body: string;
  readonly response: ServerResponse;
  readonly socket: Socket;
  /** Resolves when the client's connection is gone. */
  readonly hungUp: Promise<void>;
}

/** A server on the loopback that does what it is told, however wrong. */
export interface RawServer {
  readonly url: string;
  readonly host: string;
  readonly exchanges: readonly RawExchange[];
  close(): Promise<void>;
}

/** Starts a {@link RawServer}; `answer` is called with each request once its body is in. */
export async function startRawServer(answer: (exchange: RawExchange) => void): Promise<RawServer> {
  const exchanges: RawExchange[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const exchange: RawExchange = {
        headers: request.headers,
        path: request.url ?? "",
        body: Buffer.concat(chunks).toString("utf8"),
        response,
        socket: request.socket,
        hungUp: hangUp(request.socket),
      };
      exchanges.push(exchange);
      answer(exchange);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    exchanges,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const hangUps = new WeakMap<Socket, Promise<void>>();

// A connection carries many requests; one listener is enough for all of them.
function hangUp(socket: Socket): Promise<void> {
  const known = hangUps.get(socket);
  if (known !== undefined) return known;
  const hungUp = new Promise<void>((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once("close", () => resolve());
  });
  hangUps.set(socket, hungUp);
  return hungUp;
}

/** One event of a stream, as text. */
export function sse(event: { readonly type: string; readonly [key: string]: unknown }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Begins a stream of events. */
export function beginStream({ response }: RawExchange): ServerResponse {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  response.flushHeaders();
  return response;
}

/** Answers with a whole stream and ends it. */
export function answerStream(exchange: RawExchange, text: string): void {
  beginStream(exchange).end(text);
}

/** Answers with a JSON body. */
export function answerJson(
  { response }: RawExchange,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** The body of an error as the API words it. */
export function apiError(type: string, message: string): object {
  return { type: "error", error: { type, message } };
}

/** The events of a message with these blocks, each given as its start and its deltas. */
export function messageEvents(
  blocks: readonly { readonly start: object; readonly deltas: readonly object[] }[],
  end: { readonly stopReason: string; readonly usage?: object },
): string {
  return [
    sse({ type: "message_start", message: START }),
    ...blocks.flatMap(({ start, deltas }, index) => [
      sse({ type: "content_block_start", index, content_block: start }),
      ...deltas.map((delta) => sse({ type: "content_block_delta", index, delta })),
      sse({ type: "content_block_stop", index }),
    ]),
    sse({
      type: "message_delta",
      delta: { stop_reason: end.stopReason, stop_sequence: null },
      usage: end.usage ?? { output_tokens: 20 },
    }),
    sse({ type: "message_stop" }),
  ].join("");
}

const START = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-5-5",
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 1, cache_read_input_tokens: 3, cache_creation_input_tokens: 4 },
};

/** A block of text, written in pieces. */
export function textBlock(...pieces: readonly string[]): {
  readonly start: object;
  readonly deltas: readonly object[];
} {
  return { start: { type: "text", text: "" }, deltas: pieces.map((text) => ({ type: "text_delta", text })) };
}

/** A tool call whose input is written in pieces of JSON. */
export function toolBlock(
  id: string,
  name: string,
  ...pieces: readonly string[]
): { readonly start: object; readonly deltas: readonly object[] } {
  return {
    start: { type: "tool_use", id, name, input: {} },
    deltas: pieces.map((partial_json) => ({ type: "input_json_delta", partial_json })),
  };
}
