import { failure } from "../core/failure";
import type { ModelReply } from "./model";
import { quote } from "./quote";

/** A reply for a request that never got an answer: names the host and, from the error's causes, the reason. */
export function networkFailed(error: unknown, host: string): Extract<ModelReply, { kind: "failed" }> {
  const { code, message } = rootOf(error);
  const suffix = code === undefined ? "" : ` (${code})`;
  if (code !== undefined && CERTIFICATE_CODES.test(code))
    return {
      kind: "failed",
      failure: failure("model.network", `The certificate of ${host} is not trusted${suffix}.`, {
        hint: "If a proxy inspects traffic, add its certificate to the system's or to NODE_EXTRA_CA_CERTS.",
      }),
      transient: false,
    };
  const noTls = code !== undefined && TLS_CODES.test(code);
  const reason = noTls ? "it does not speak TLS" : (REASONS.get(code ?? "") ?? quote(message));
  return {
    kind: "failed",
    failure: failure("model.network", `No connection to ${host}: ${reason}${suffix}.`, {
      hint: "Check the network, the proxy and ANTHROPIC_BASE_URL, then resume the run.",
    }),
    transient: !noTls,
  };
}

/** Whether an error is fetch's word for a connection that broke while the answer was read. */
export function isTransportError(error: unknown): boolean {
  const broken = error instanceof TypeError && /terminated|network error|fetch failed/u.test(error.message);
  return broken || (error instanceof Error && rootOf(error).code !== undefined);
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "nothing answers there"],
  ["ENOTFOUND", "the name is not known"],
  ["EAI_AGAIN", "the name could not be looked up"],
  ["ECONNRESET", "the connection was reset"],
  ["EPIPE", "the connection was closed"],
  ["UND_ERR_SOCKET", "the connection was closed"],
  ["ETIMEDOUT", "it took too long"],
  ["UND_ERR_CONNECT_TIMEOUT", "it took too long"],
  ["UND_ERR_HEADERS_TIMEOUT", "it took too long"],
  ["EHOSTUNREACH", "the host cannot be reached"],
  ["ENETUNREACH", "there is no network"],
  ["ENETDOWN", "there is no network"],
]);

const CERTIFICATE_CODES = /CERT|ERR_TLS|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/u;
const TLS_CODES = /^(?:ERR_SSL|EPROTO)/u;

/** The first cause that has a code (several addresses tried make an AggregateError), else the innermost message. */
function rootOf(error: unknown): { readonly code: string | undefined; readonly message: string } {
  if (!(error instanceof Error)) return { code: undefined, message: String(error) };
  const code = "code" in error && typeof error.code === "string" && error.code !== "" ? error.code : undefined;
  if (code !== undefined) return { code, message: error.message };
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner === undefined ? { code, message: error.message } : rootOf(inner);
}
