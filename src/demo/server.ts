import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Disposable } from "../util/disposable";
import { Emitter } from "../util/emitter";
import { answerMessages } from "./answer";
import { badRequest, errorBody, type ApiError } from "./api-error";
import { parseBody, readBody } from "./body";
import { checkRequest } from "./check-request";
import type { Facts } from "./facts";
import { modelPage, toModelInfo } from "./models";
import { createPlayer } from "./player";
import { countInput, createPromptCache } from "./prompt-cache";
import { CountRequest, type MessagesRequest } from "./request";
import type { Scenario } from "./scenario";

/** A running demo model. */
export interface DemoServer {
  /** Base URL for a client, without a trailing slash. */
  readonly url: string;
  /** Every `POST /v1/messages` that passed validation so far, in the order they came; it grows. */
  readonly requests: readonly RecordedRequest[];
  /** Called as a request comes in, before the first byte of its answer. */
  readonly onRequest: (listener: (request: RecordedRequest) => void) => Disposable;
  /** Cuts what is under way and closes the port. */
  dispose(): Promise<void>;
}

/** One request the demo model was asked to answer. */
export interface RecordedRequest {
  readonly id: string;
  readonly facts: Facts;
  /** As it came; absent when recording of bodies is off. */
  readonly body?: MessagesRequest;
  /** The rule that answers, counted from 1; absent when none fits. */
  readonly rule?: number;
  /** `answered` as scripted (scripted faults too), or the client or the server went away first. Never rejects. */
  readonly ended: Promise<"answered" | "disconnected">;
}

/** Settings of {@link startDemoServer}. */
export interface DemoServerOptions {
  /** 1 is the scenario's own pace, 2 twice as fast; 0 waits for nothing. Default 1. */
  readonly speed?: number;
  /** Keep request bodies in `requests`. Default true; off for long runs. */
  readonly recordBodies?: boolean;
}

/**
 * Starts the demo model: the Messages API over HTTP on a free loopback port, playing a scenario. Every answer is
 * scripted and says so in the header `x-braid-demo`. Source of the API's behaviour: its reference and the SDK's types.
 */
export async function startDemoServer(scenario: Scenario, options: DemoServerOptions = {}): Promise<DemoServer> {
  const requests: RecordedRequest[] = [];
  const arrived = new Emitter<RecordedRequest>();
  const play = createPlayer(scenario);
  const measure = createPromptCache();
  let count = 0;

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const arrivedAt = performance.now();
    count += 1;
    const id = `req_demo_${String(count).padStart(6, "0")}`;
    stamp(response, id);
    const key = keyProblem(request, scenario.require_key);
    if (key !== undefined) return sendError(response, id, key);
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const route = `${request.method ?? ""} ${path}`;
    if (route === "GET /v1/models") return sendJson(response, 200, modelPage(scenario.models));
    if (route.startsWith("GET /v1/models/"))
      return sendJson(response, 200, toModelInfo(decodeURIComponent(path.slice("/v1/models/".length))));
    if (route !== "POST /v1/messages" && route !== "POST /v1/messages/count_tokens")
      return sendError(response, id, { status: 404, type: "not_found_error", message: `Not found: ${route}` });
    if (request.headers["anthropic-version"] === undefined)
      return sendError(response, id, badRequest("anthropic-version: header is required"));
    const body = await readBody(request);
    if (!body.ok) return sendError(response, id, body.error);
    if (route.endsWith("/count_tokens")) return sendJsonOr(response, id, countTokensOf(body.text));
    return answerMessages({
      id,
      response,
      text: body.text,
      arrivedAt,
      scenario,
      play,
      measure,
      speed: options.speed ?? 1,
      refuse: (error) => sendError(response, id, error),
      record: (recorded) => {
        const { body: kept, ...rest } = recorded;
        const entry = (options.recordBodies ?? true) ? { ...rest, body: kept } : rest;
        requests.push(entry);
        arrived.fire(entry);
      },
    });
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return void response.destroy();
      const message = error instanceof Error ? error.message : String(error);
      sendError(response, "req_demo_bug", { status: 500, type: "api_error", message });
    });
  });
  // Longer than any client keeps an idle connection: closing one it is about to use again looks like a fault.
  server.keepAliveTimeout = 600_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The demo server has no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    onRequest: arrived.event,
    dispose: async () => {
      if (!server.listening) return;
      arrived.dispose();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Requests a minute this server pretends to allow. */
const REQUEST_LIMIT = 4000;

function stamp(response: ServerResponse, id: string): void {
  const reset = new Date(Date.now() + 60_000).toISOString();
  response.setHeader("request-id", id);
  response.setHeader("x-braid-demo", "scripted");
  for (const kind of ["requests", "tokens", "input-tokens", "output-tokens"]) {
    const limit = kind === "requests" ? REQUEST_LIMIT : REQUEST_LIMIT * 1000;
    response.setHeader(`anthropic-ratelimit-${kind}-limit`, String(limit));
    response.setHeader(`anthropic-ratelimit-${kind}-remaining`, String(limit - 1));
    response.setHeader(`anthropic-ratelimit-${kind}-reset`, reset);
  }
}

function keyProblem({ headers }: IncomingMessage, required: Scenario["require_key"]): ApiError | undefined {
  if (required === false) return undefined;
  const key = headers["x-api-key"] ?? headers.authorization?.replace(/^Bearer /u, "") ?? "";
  if (key === "") return { status: 401, type: "authentication_error", message: "x-api-key header is required" };
  if (required === true || key === required) return undefined;
  return { status: 401, type: "authentication_error", message: "invalid x-api-key" };
}

function countTokensOf(text: string) {
  const parsed = parseBody(CountRequest, text);
  if (!parsed.ok) return parsed;
  const problem = checkRequest(parsed.value);
  return problem === undefined
    ? { ok: true as const, value: { input_tokens: countInput(parsed.value) } }
    : { ok: false as const, error: badRequest(problem) };
}

type Result = { readonly ok: true; readonly value: object } | { readonly ok: false; readonly error: ApiError };

function sendJsonOr(response: ServerResponse, id: string, result: Result): void {
  if (result.ok) sendJson(response, 200, result.value);
  else sendError(response, id, result.error);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function sendError(response: ServerResponse, id: string, error: ApiError): void {
  for (const [name, value] of Object.entries(error.headers ?? {})) response.setHeader(name, value);
  if (error.status === 429) response.setHeader("anthropic-ratelimit-requests-remaining", "0");
  sendJson(response, error.status, errorBody(error, id));
}
