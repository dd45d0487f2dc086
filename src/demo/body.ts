import type { IncomingMessage } from "node:http";
import type { z } from "zod";
import { badRequest, type ApiError } from "./api-error";
import { describeIssue } from "./request";

/** The largest body of a Messages request, in bytes. Source: the API's page on errors (413). */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Reads a whole request body. Rejects when the client goes away. */
export async function readBody(
  request: IncomingMessage,
): Promise<{ readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: ApiError }> {
  const chunks: Buffer[] = [];
  let size = 0;
  // What is too much is still read: an answer sent to a client that is writing gets lost in a reset.
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BODY_BYTES)
    return {
      ok: false,
      error: { status: 413, type: "request_too_large", message: "Request exceeds the maximum size" },
    };
  return { ok: true, text: Buffer.concat(chunks).toString("utf8") };
}

/** Parses a body as JSON of a known shape; what is wrong is said as the API says it. */
export function parseBody<S extends z.ZodType>(
  schema: S,
  text: string,
): { readonly ok: true; readonly value: z.output<S> } | { readonly ok: false; readonly error: ApiError } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, error: badRequest("The request body is not valid JSON.") };
  }
  const parsed = schema.safeParse(json, { reportInput: true });
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, error: badRequest(describeIssue(parsed.error)) };
}
