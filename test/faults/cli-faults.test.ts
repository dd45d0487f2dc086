import { CONTENT, startFault, WRITE, type Fault } from "./fault-run";

/** In `one` only, on its first turn, once: what a retry gets over. */
const once = (more: string, times = 1) => `  - { when: { subtask: one, turn: 1, times: ${times} }, ${more} }\n`;
const always = (more: string) => `  - { when: { subtask: one }, ${more} }\n`;
const status = (number: number, more = "") => `fault: { kind: status, status: ${number}${more} }`;

const passes = (name: string, rules: string, more: Partial<Fault> = {}): Fault => ({ name, rules, code: 0, ...more });
const fails = (name: string, rules: string, code: string, words: RegExp, more: Partial<Fault> = {}): Fault => ({
  name,
  rules,
  code: 1,
  failure: { code, words },
  ...more,
});

const REPLY = `reply: [${WRITE}]`;
/** The server says that a limit resets in a minute, which would be waited for. */
const NO_RESET = ', headers: { anthropic-ratelimit-requests-reset: "2020-01-01T00:00:00Z" }';
/** A complete call that must never run; the file it leaves would be found. */
const TRAP = '{ tool: write, input: { file_path: trap.md, content: "Ran.\\n" } }';
const FIFTY = Array.from({ length: 50 }, () => '{ tool: glob, input: { pattern: "*" } }').join(", ");
const SIZE = process.env["BRAID_TEST_SIZE"];
const FULL = SIZE === "full";
const CUTS = FULL ? Array.from({ length: 40 }, (_, i) => i * 37) : [0, 250, 700, 1100];

const FAULTS: readonly Fault[] = [
  passes("F01 429 without a header, twice", once(status(429, NO_RESET), 2)),
  passes("F02 429, retry-after: 1", once(status(429, ", retry_after: 1"))),
  passes("F02 429, retry-after: garbage", once(status(429, `${NO_RESET}, retry_after: soon`))),
  passes("F02 429, retry-after: -1", once(status(429, `${NO_RESET}, retry_after: -1`))),
  passes("F03 529 ten times", once(status(529, ", retry_after: 0"), 10), { requests: 12 }),
  ...[500, 502, 503, 504].map((number) => passes(`F04 ${number}`, once(status(number)))),
  ...[408, 409].map((number) => passes(`F05 ${number}`, once(status(number)))),
  fails(
    "F06 401 in mid-run, of both",
    `  - { when: { turn: 2 }, ${status(401)} }\n`,
    "model.auth",
    /refused the key.*Set API Key/u,
    {
      both: true,
      partial: true,
      requests: 2,
    },
  ),
  fails("F07 402", always(status(402)), "model.billing", /want of credit.*spend limit/u, { requests: 1 }),
  fails("F07 403", always(status(403)), "model.auth", /does not allow this key/u, { requests: 1 }),
  fails(
    "F07 429 for a spend limit",
    always(status(429, ", type: billing_error, message: spend limit reached")),
    "model.billing",
    /spend limit reached/u,
    { requests: 1 },
  ),
  fails("F08 413", always(status(413)), "model.context", /larger than the API accepts/u, { requests: 1 }),
  fails("F09 no TLS where it should be", "", "model.network", /does not speak TLS/u, {
    both: true,
    url: (url) => url.replace("http:", "https:"),
  }),
  ...(["eof", "reset"] as const).flatMap((by) =>
    CUTS.map((bytes) =>
      passes(
        `${by === "eof" ? "F12" : "F13"} a stream cut after ${bytes} bytes by ${by}`,
        once(`${REPLY}, fault: { kind: cut, by: ${by}, after_bytes: ${bytes} }`),
      ),
    ),
  ),
  ...["overloaded_error", "api_error", "rate_limit_error"].map((type) =>
    passes(`F14 ${type} after 200`, once(`${REPLY}, fault: { kind: error_event, type: ${type}, after_events: 4 }`)),
  ),
  ...["malformed", "duplicate_start", "unknown_event"].map((event) =>
    passes(`F15 ${event}`, once(`${REPLY}, fault: { kind: inject, event: ${event}, after_events: 3 }`)),
  ),
  passes(
    "F15 one byte at a time",
    always(`${REPLY}, fault: { kind: chunks, bytes: 1 }`).replace("subtask: one", "subtask: one, turn: 1"),
  ),
  passes("F15 a block of an unknown kind", once(`reply: [{ raw: { type: demo_block, detail: 1 } }, ${WRITE}]`)),
  passes("F16 max_tokens in text", once("reply: [{ text: I begin by }], stop_reason: max_tokens")),
  passes("F16 max_tokens in the input of a call", once(`${REPLY}, fault: { kind: truncated_tool }`)),
  passes(
    "F16 max_tokens before the first letter of it",
    once(`${REPLY}, fault: { kind: truncated_tool, keep_chars: 0 }`),
  ),
  passes("F16 max_tokens between two calls", once(`reply: [${TRAP}, ${TRAP}], stop_reason: max_tokens`)),
  passes(
    "F16 max_tokens, the second of two calls cut",
    once(`reply: [${TRAP}, ${WRITE}], fault: { kind: truncated_tool }`),
  ),
  fails(
    "F16 max_tokens without end",
    always(`${REPLY}, fault: { kind: truncated_tool }`),
    "model.max-tokens",
    /cut at \d+ tokens 3 times in a row/u,
    { requests: 6 },
  ),
  fails(
    "F17 refusal",
    always(`reply: [{ text: No. }, ${TRAP}], stop_reason: refusal`),
    "model.refusal",
    /refused to go on/u,
    {
      requests: 1,
    },
  ),
  passes(
    "F18 pause_turn, twice",
    `  - { when: { subtask: one, times: 2 }, reply: [{ text: Wait. }, ${TRAP}], stop_reason: pause_turn }\n`,
  ),
  fails(
    "F18 pause_turn for ever",
    always("reply: [{ text: Wait. }], stop_reason: pause_turn"),
    "model.server",
    /paused the turn again and again/u,
    { requests: 11 },
  ),
  fails(
    "F19 the context is full: no second try of the same",
    always(`reply: [{ text: Too }, ${TRAP}], stop_reason: model_context_window_exceeded`),
    "model.context",
    /no longer fits/u,
    { requests: 1 },
  ),
  passes("F20 an empty end_turn after the work", `  - { when: { subtask: one, turn: 2 }, reply: [] }\n`),
  passes("F20 an empty end_turn before it", once("reply: []")),
  passes("F21 a tool nobody has", once("reply: [{ tool: format_disk, input: {} }]")),
  passes("F21 arguments of the wrong type", once("reply: [{ tool: write, input: { file_path: 7, content: 8 } }]")),
  passes("F21 arguments missing", once(`reply: [{ tool: write, input: { file_path: one.md } }]`)),
  passes(
    "F21 arguments nobody asked for",
    once(`reply: [{ tool: write, input: { file_path: one.md, content: ${JSON.stringify(CONTENT)}, mode: 777 } }]`),
  ),
  passes(
    "F21 one id twice in a message",
    once('reply: [{ tool: glob, id: same, input: { pattern: "*" } }, { tool: grep, id: same, input: { pattern: x } }]'),
  ),
  passes(
    "F21 one id in two messages",
    `  - { when: { subtask: one, turn: "1..2" }, reply: [{ tool: glob, id: same, input: { pattern: "*" } }] }\n`,
  ),
  passes("F21 fifty calls in a message", once(`reply: [${FIFTY}]`)),
  passes("F21 a report beside unfinished work", once("reply: [{ tool: report, input: { summary: Done. } }]")),
];

/**
 * What `npm test` leaves to `npm run test:faults`, of rows that go the same way through Braid as another one; each way is walked at every
 * size, and every status and every cut of a stream is met by `slow-faults` and `cut-anywhere` besides.
 */
const ALIKE =
  /^F02 429, retry-after: (?:1|-1)$|^F04 50[023]|^F05 409|^F07 403|^F1[23] .* (?:0|700) bytes|^F14 (?:api|rate)|^F15 (?:duplicate|unknown)_|^F16 max_tokens (?:in text|before|between)|^F18 pause_turn, twice|^F20 .* before it|^F21 (?:arguments (?:missing|nobody)|one id in two|a report)/u;
const MET = SIZE === undefined ? FAULTS.filter(({ name }) => !ALIKE.test(name)) : FAULTS;

describe("a run of two subtasks that meets", function () {
  this.timeout(FULL ? 600_000 : 180_000);
  const judges = new Map<string, () => Promise<void>>();
  before(() => {
    for (const fault of MET) judges.set(fault.name, startFault(fault));
  });
  for (const { name, failure } of MET)
    it(`${name}: ${failure === undefined ? "finishes" : failure.code}`, () => judges.get(name)?.());
});
