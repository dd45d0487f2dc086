import { APIConnectionError, APIError } from "@anthropic-ai/sdk/core/error";
import * as z from "zod";

import { type Failure, type FailureCode, failure } from "../core/failure";
import { assertNever } from "../util/assert-never";
import { MalformedStream } from "./anthropic-stream";
import type { ModelReply } from "./model";
import { isTransportError, networkFailed } from "./network-failure";
import { quote } from "./quote";
import { retryAfterMs } from "./retry-after";

/** A reply that is not a message. */
export type FailedReply = Extract<ModelReply, { kind: "failed" }>;

/** What is known about a call when it fails. */
export interface CallFacts {
  /** `host:port` of the API. */
  readonly host: string;
  /** The model asked for. */
  readonly model: string;
  /** Whether the response headers had arrived. */
  readonly answered: boolean;
  /** Milliseconds since the epoch, to read dates in headers by. */
  readonly nowMs: number;
}

/** Turns whatever the SDK threw into a reply a user understands and the retries can act on. */
export function toFailedReply(error: unknown, facts: CallFacts): FailedReply {
  if (error instanceof APIConnectionError) return networkFailed(error, facts.host);
  if (error instanceof APIError) return apiFailed(error, facts);
  if (error instanceof MalformedStream || error instanceof SyntaxError) {
    const hint = "If this goes on, check whether a proxy changes the answer.";
    const broken = failure("model.server", `The answer of ${facts.host} could not be read: ${quote(error.message)}.`, {
      hint,
    });
    return { kind: "failed", failure: broken, transient: true };
  }
  // After the headers the SDK passes on what fetch threw.
  if (facts.answered && isTransportError(error)) return cutShort(facts.host);
  const message = error instanceof Error ? error.message : String(error);
  return { kind: "failed", failure: failure("internal", `The model call failed: ${quote(message)}`), transient: false };
}

/** The answer ended, or its connection broke, before the message was complete. */
export function cutShort(host: string): FailedReply {
  return {
    kind: "failed",
    failure: failure("model.cut", `The answer of ${host} broke off before it was complete.`, {
      hint: "Nothing of it was used. Check the network if this goes on.",
    }),
    transient: true,
  };
}

type Kind =
  | "auth"
  | "permission"
  | "billing"
  | "missing"
  | "request"
  | "context"
  | "too-large"
  | "rate-limit"
  | "overloaded"
  | "server"
  | "redirect";

function apiFailed(error: APIError, facts: CallFacts): FailedReply {
  const kind = kindOf(error);
  const said = apiMessage(error);
  const { code, message, hint, transient } = explain(kind, { ...facts, status: error.status, said });
  const requestId = error.requestID?.replaceAll(/[^\w-]/gu, "");
  const retry = error.headers === undefined ? undefined : retryAfterMs(error.headers, facts.nowMs);
  const asked = error.headers?.get("x-should-retry");
  const told: Failure = failure(code, message, {
    hint,
    ...(requestId === undefined || requestId === "" ? {} : { detail: `request-id: ${requestId}` }),
  });
  return {
    kind: "failed",
    failure: told,
    transient: transient && asked !== "false",
    ...(retry === undefined ? {} : { retryAfterMs: retry }),
  };
}

/** The error types of the API (docs.claude.com/en/api/errors); an error inside a stream has no status. */
const KIND_OF_TYPE: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["authentication_error", "auth"],
  ["permission_error", "permission"],
  ["billing_error", "billing"],
  ["not_found_error", "missing"],
  ["invalid_request_error", "request"],
  ["request_too_large", "too-large"],
  ["rate_limit_error", "rate-limit"],
  ["overloaded_error", "overloaded"],
  ["api_error", "server"],
  ["timeout_error", "server"],
  ["conflict_error", "server"],
]);

const KIND_OF_STATUS: ReadonlyMap<number, Kind> = new Map<number, Kind>([
  [401, "auth"],
  [402, "billing"],
  [403, "permission"],
  [404, "missing"],
  [408, "server"],
  [409, "server"],
  [413, "too-large"],
  [425, "server"],
  [429, "rate-limit"],
  [529, "overloaded"],
]);

function kindOf(error: APIError): Kind {
  const said = apiMessage(error) ?? "";
  // An empty account is reported as a bad request, a spend limit as a rate limit; neither goes away by waiting.
  if (/spend_limit|billing/u.test(error.errorCode ?? "") || /credit balance is too low/iu.test(said)) return "billing";
  const byType = KIND_OF_TYPE.get(error.type ?? "") ?? byStatus(error.status);
  if (byType === "request" && /prompt is too long|context (?:limit|window)|too many (?:input )?tokens/iu.test(said))
    return "context";
  return byType;
}

function byStatus(status: number | undefined): Kind {
  if (status === undefined) return "server";
  const known = KIND_OF_STATUS.get(status);
  if (known !== undefined) return known;
  if (status >= 500) return "server";
  return status >= 300 && status < 400 ? "redirect" : "request";
}

interface Said extends CallFacts {
  readonly status: number | undefined;
  readonly said: string | undefined;
}

interface Explanation {
  readonly code: FailureCode;
  readonly message: string;
  readonly hint: string;
  readonly transient: boolean;
}

function explain(kind: Kind, { host, model, status, said }: Said): Explanation {
  const http = status === undefined ? "" : ` (HTTP ${status})`;
  // A hint follows it. In escapes: a program that is ASCII throughout is read at once.
  const because = said === undefined ? "." : `: ${said}${/[.!?\u2026]["\u201d\u00bb)]?$/u.test(said) ? "" : "."}`;
  switch (kind) {
    case "auth":
      return fatal("model.auth", `The API refused the key${http}${because}`, SET_KEY);
    case "permission":
      return fatal(
        "model.auth",
        `The API does not allow this key to do this${http}${because}`,
        "Use a key that may, or ask your administrator. Run “Braid: Set API Key”, or set ANTHROPIC_API_KEY.",
      );
    case "billing":
      return fatal(
        "model.billing",
        `The API refused to go on for want of credit${http}${because}`,
        "Add credit or raise the spend limit in the Anthropic Console, then resume the run.",
      );
    case "missing":
      return fatal(
        "model.request",
        `The API at ${host} does not know the model ${quote(model)}, or this key may not use it${http}${because}`,
        "Choose another model, and check ANTHROPIC_BASE_URL if it is set.",
      );
    case "request":
      return fatal(
        "model.request",
        `The API refused the request${http}${because}`,
        "Retry the subtask; if it fails in the same way, report this message.",
      );
    case "context":
      return fatal("model.context", `The conversation no longer fits the model${http}${because}`, SMALLER);
    case "too-large":
      return fatal("model.context", `The request is larger than the API accepts${http}${because}`, SMALLER);
    case "redirect":
      return fatal(
        "model.network",
        `${host} sent the request elsewhere${http}. That is not followed, since the key would go along.`,
        "Set ANTHROPIC_BASE_URL to the final address of the API.",
      );
    case "rate-limit":
      return passing(
        "model.rate-limit",
        `The API limits the rate of requests${http}${because}`,
        "Lower the number of workers, or wait.",
      );
    case "overloaded":
      return passing("model.overloaded", `The API is overloaded${http}${because}`, "Resume the run later.");
    case "server":
      return passing("model.server", `The API at ${host} failed${http}${because}`, "Resume the run later.");
    default:
      return assertNever(kind);
  }
}

const SET_KEY = "Run “Braid: Set API Key”, or set ANTHROPIC_API_KEY.";
const SMALLER = "Split the subtask into smaller ones, or name fewer files.";

function fatal(code: FailureCode, message: string, hint: string): Explanation {
  return { code, message, hint, transient: false };
}

function passing(code: FailureCode, message: string, hint: string): Explanation {
  return { code, message, hint, transient: true };
}

// Gateways have their own forms: {"message": …} and {"error": "…"}.
function apiMessage(error: APIError): string | undefined {
  const body = GatewayError.safeParse(error.error).data;
  const said = error.apiMessage ?? body?.message ?? body?.error;
  return typeof said === "string" && said.trim() !== "" ? quote(said) : undefined;
}

const GatewayError = z.object({
  message: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
});
