import { equal } from "node:assert/strict";

import { networkFailed } from "../../../src/model/network-failure";

const coded = (code: string) => Object.assign(new Error(`raw ${code}`), { code });
const fetchFailed = (cause: unknown) =>
  new Error("Connection error.", { cause: new TypeError("fetch failed", { cause }) });
const HOST = "api.example:443";

describe("why there is no connection", () => {
  const table: readonly (readonly [string, unknown, string, boolean])[] = [
    ["refused", coded("ECONNREFUSED"), `No connection to ${HOST}: nothing answers there (ECONNREFUSED).`, true],
    ["no such name", coded("ENOTFOUND"), `No connection to ${HOST}: the name is not known (ENOTFOUND).`, true],
    ["offline", coded("EAI_AGAIN"), `No connection to ${HOST}: the name could not be looked up (EAI_AGAIN).`, true],
    [
      "several addresses tried",
      new AggregateError([coded("ENETUNREACH"), coded("ECONNREFUSED")]),
      `No connection to ${HOST}: there is no network (ENETUNREACH).`,
      true,
    ],
    ["a code we have no words for", coded("EWEIRD"), `No connection to ${HOST}: raw EWEIRD (EWEIRD).`, true],
    ["no code at all", new Error("bad\nport"), `No connection to ${HOST}: bad port.`, true],
    ["not even an error", "boom", `No connection to ${HOST}: boom.`, true],
    [
      "a certificate of one's own",
      coded("SELF_SIGNED_CERT_IN_CHAIN"),
      `The certificate of ${HOST} is not trusted (SELF_SIGNED_CERT_IN_CHAIN).`,
      false,
    ],
    [
      "a certificate for another name",
      coded("ERR_TLS_CERT_ALTNAME_INVALID"),
      `The certificate of ${HOST} is not trusted (ERR_TLS_CERT_ALTNAME_INVALID).`,
      false,
    ],
    [
      "an expired one",
      coded("CERT_HAS_EXPIRED"),
      `The certificate of ${HOST} is not trusted (CERT_HAS_EXPIRED).`,
      false,
    ],
    [
      "no TLS",
      coded("ERR_SSL_WRONG_VERSION_NUMBER"),
      `No connection to ${HOST}: it does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER).`,
      false,
    ],
  ];
  for (const [name, cause, message, transient] of table)
    it(name, () => {
      const reply = networkFailed(fetchFailed(cause), HOST);
      equal(reply.failure.message, message);
      equal(reply.failure.code, "model.network");
      equal(reply.transient, transient);
    });
});
