import { failure, type Failure } from "../core/failure";

/** The public API. */
export const DEFAULT_BASE_URL = "https://api.anthropic.com";

/** Where the API is, and the key it is asked with. */
export interface Endpoint {
  readonly apiKey: string;
  readonly baseUrl: string;
}

/** What makes every call hopeless, known before the first; the SDK's own words for it would have the key or a password in them. */
export function endpointProblem({ apiKey, baseUrl }: Endpoint): Failure | undefined {
  if (apiKey === "") return failure("model.no-key", "There is no API key.", { hint: SET_KEY });
  // A header takes nothing else; fetch would refuse it with the key in the message.
  if (!/^[\u0021-\u007e]+$/u.test(apiKey))
    return failure("model.auth", "The API key contains characters no key has.", { hint: SET_KEY });
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:")
    return failure("model.network", "The base URL of the API is not a web address.", { hint: CHECK_URL });
  // fetch refuses such an address, and they would end up in messages.
  if (url.username !== "" || url.password !== "")
    return failure("model.network", "The base URL of the API contains a user name or password.", { hint: CHECK_URL });
  return undefined;
}

const SET_KEY = "Run “Braid: Set API Key”, or set ANTHROPIC_API_KEY.";
const CHECK_URL = "Set ANTHROPIC_BASE_URL to something like https://api.anthropic.com.";

/** `host:port` of an address that {@link endpointProblem} has nothing against. */
export function hostOf(baseUrl: string): string {
  const { hostname, port, protocol } = new URL(baseUrl);
  return `${hostname}:${port === "" ? DEFAULT_PORTS[protocol === "http:" ? "http" : "https"] : port}`;
}

const DEFAULT_PORTS = { http: 80, https: 443 } as const;
