import type { Fault } from "./rule";

/** An error as the API answers it. */
export interface ApiError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The body of an error. Source: the API's page on errors. */
export function errorBody({ type, message }: ApiError, requestId: string): object {
  return { type: "error", error: { type, message }, request_id: requestId };
}

/** The error a `status` fault asks for; what it leaves out is what the API would say. */
export function errorOf(fault: Extract<Fault, { kind: "status" }>): ApiError {
  const retryAfter = fault.retry_after === undefined ? {} : { "retry-after": String(fault.retry_after) };
  const type = fault.type ?? TYPES[fault.status] ?? (fault.status < 500 ? "invalid_request_error" : "api_error");
  return {
    status: fault.status,
    type,
    message: fault.message ?? `Scripted ${type} of the Braid demo model.`,
    headers: { ...retryAfter, ...fault.headers },
  };
}

/** A 400 with the API's usual type. */
export function badRequest(message: string): ApiError {
  return { status: 400, type: "invalid_request_error", message };
}

const TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  408: "timeout_error",
  409: "conflict_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
  529: "overloaded_error",
};
