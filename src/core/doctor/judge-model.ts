import type { Failure, FailureCode } from "../failure";
import { found, ok, type Diagnosis } from "./diagnosis";

/** What is known of how a model is reached; never the key itself. */
export interface Reach {
  /** Where the key comes from, in words; null where there is none. */
  readonly keyFrom: string | null;
  /** Where requests go; null for Anthropic's own API. */
  readonly baseUrl: string | null;
}

const SET_KEY = {
  text: "Set one (ANTHROPIC_API_KEY, or `Braid: Set API Key` in VS Code), or try the demo, which needs none.",
  action: "braid.setApiKey",
};

/** Judges whether there is a key, without a look at it. */
export function judgeKey({ keyFrom, baseUrl }: Reach): Diagnosis {
  if (keyFrom !== null) return ok(`There is one, from ${keyFrom}.`);
  return baseUrl === null
    ? found("problem", "There is no API key.", SET_KEY)
    : found("note", "There is no API key; the server that is set may do without.", SET_KEY);
}

/** Judges where requests go. */
export function judgeBaseUrl(baseUrl: string | null): Diagnosis {
  if (baseUrl === null) return ok("Requests go to Anthropic's own API.");
  const way = { text: "Correct it, or take it away for Anthropic's own API.", setting: "braid.model.baseUrl" };
  if (!URL.canParse(baseUrl)) return found("problem", "The base URL that is set is no URL.", way);
  const { protocol, host, hostname } = new URL(baseUrl);
  if (protocol !== "https:" && protocol !== "http:")
    return found("problem", `The base URL that is set begins with ${protocol}, which is not spoken.`, way);
  if (protocol === "http:" && !LOCAL.test(hostname))
    return found("warning", `Requests go to ${host} without TLS: the key and your code can be read on the way.`, way);
  return found("note", `Requests go to ${host}, not to Anthropic's own API.`);
}

const LOCAL = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|.*\.localhost)$/u;

/** Where a proxy is named, and whether this program goes through it. */
export interface ProxyFacts {
  /** The variable or setting that names it; null where none does. */
  readonly from: string | null;
  /** Its host and port, without user and password. */
  readonly host: string;
  readonly honoured: boolean;
  /** Whether the host that is called is to be reached without it. */
  readonly bypassed: boolean;
}

/** Judges a proxy. Source: Node's fetch takes one from the environment only with NODE_USE_ENV_PROXY=1 (22.21, 24.5 and later). */
export function judgeProxy({ from, host, honoured, bypassed }: ProxyFacts): Diagnosis {
  if (from === null) return ok("No proxy is set.");
  if (bypassed) return ok(`${from} names ${host}; the API is reached without it.`);
  if (honoured) return ok(`Requests go through ${host} (${from}).`);
  return found("warning", `${from} names ${host}, and this Node does not go through it.`, {
    text: "Set NODE_USE_ENV_PROXY=1 (Node 22.21, 24.5 or newer), or use Braid in VS Code, which has its own proxy setting.",
  });
}

/** Failures of a list of models after which a run could not ask either. The list itself is a convenience. */
const FATAL: readonly FailureCode[] = ["model.auth", "model.billing", "model.network", "model.stalled"];

/** Judges the answer to a real request: the models the key can use, or why nobody could tell. */
export function judgeApi(answer: readonly unknown[] | Failure, milliseconds: number, host: string): Diagnosis {
  if (!("code" in answer)) return ok(`${host} answers in ${milliseconds} ms and takes the key.`);
  const { code, message, hint, detail } = answer;
  const action = code === "model.auth" ? { action: "braid.setApiKey" } : {};
  const way = hint === undefined ? undefined : { text: hint, ...action };
  return FATAL.includes(code)
    ? found("problem", message, way, detail)
    : found("warning", `${message} A run may work all the same.`, way, detail);
}

/** A model some roles use: what it is called, what that stands for, and whether the key can use it; null where nobody knows. */
export interface NeededModel {
  readonly name: string;
  readonly id: string;
  readonly listed: boolean | null;
}

/** Judges whether the models that roles use can be had. */
export function judgeModels(needed: readonly NeededModel[]): readonly Diagnosis[] {
  const missing = needed.filter(({ listed }) => listed === false);
  const words = (models: readonly NeededModel[]) =>
    models.map(({ name, id }) => (name === id ? id : `${name} is ${id}`)).join(", ");
  const way = {
    text: "Name another model for it in the plan; `braid models` lists those there are.",
    action: "braid.showModels",
  };
  if (missing.length > 0)
    return missing.map(({ name, id }) => found("warning", `${name} stands for ${id}, which this key cannot use.`, way));
  const unsure = needed.some(({ listed }) => listed === null);
  return [
    unsure
      ? found("note", `The server's list is not to be had, so Braid's own table says: ${words(needed)}.`)
      : ok(`${words(needed)}.`),
  ];
}
