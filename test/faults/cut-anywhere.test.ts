import { deepEqual, equal } from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type RawExchange,
  answerStream,
  beginStream,
  messageEvents,
  startRawServer,
  toolBlock,
  type RawServer,
} from "../support/raw-http";
import { tempFolder } from "../support/temp-repo";
import { runWorkerOn } from "./fault-agent";

const OLD = "What stood here before.\n";
const NEW = "Grüße, and much more than that.\n";
/** What a model says when it replaces a file, in pieces that part words and escapes. */
const RECORDED = Buffer.from(
  messageEvents(
    [toolBlock("t1", "write", '{"file_path": "no', 'te.md", "content": "Grüße, and much', ' more than that.\\n"}')],
    {
      stopReason: "tool_use",
    },
  ),
);
const DONE = messageEvents([toolBlock("t2", "report", '{"summary": "Done."}')], { stopReason: "tool_use" });
const AT_ONCE = 16;
/** Bytes between two cuts; `npm test` begins at another one for each way to cut, so that together they meet every third. */
const EVERY = process.env["BRAID_TEST_SIZE"] === undefined ? 6 : 1;

const CUTS = {
  "ended cleanly": ({ response }: RawExchange) => void response.end(),
  reset: ({ socket }: RawExchange) => void socket.resetAndDestroy(),
} as const;

describe(`an answer that writes a file, cut at ${EVERY === 1 ? "every byte" : `every ${EVERY}th byte`}`, function () {
  this.timeout(300_000);
  let server: RawServer;
  let folder: ReturnType<typeof tempFolder>;
  let cut: (exchange: RawExchange) => void;
  /** Workers whose answer has been cut once. */
  const cutOnce = new Set<string>();
  before(async () => {
    server = await startRawServer((exchange) => {
      const { system, messages } = JSON.parse(exchange.body) as { system: { text: string }[]; messages: unknown[] };
      const [, mode = "", offset = "0"] = /(never|once) (\d+)$/u.exec(system[0]?.text ?? "") ?? [];
      const key = `${mode} ${offset}`;
      if (messages.length > 1) return answerStream(exchange, DONE);
      if (mode === "once" && cutOnce.has(key)) return answerStream(exchange, RECORDED.toString());
      cutOnce.add(key);
      const part = RECORDED.subarray(0, Number(offset));
      const response = beginStream(exchange);
      if (part.length === 0) cut(exchange);
      else response.write(part, () => cut(exchange));
    });
  });
  beforeEach(() => {
    folder = tempFolder();
    writeFileSync(join(folder.dir, "note.md"), OLD);
    cutOnce.clear();
  });
  afterEach(() => folder.dispose());
  after(() => server.close());

  const work = async (mode: "never" | "once", offsets: readonly number[]) => {
    const runs = [];
    for (let from = 0; from < offsets.length; from += AT_ONCE)
      runs.push(
        ...(await Promise.all(
          offsets.slice(from, from + AT_ONCE).map((offset) =>
            runWorkerOn(folder.dir, {
              url: server.url,
              name: `${mode} ${offset}`,
              governor: { maxAttempts: mode === "never" ? 1 : 6, random: () => 0 },
            }),
          ),
        )),
      );
    return runs;
  };
  const note = () => readFileSync(join(folder.dir, "note.md"), "utf8");

  for (const [how, act] of Object.entries(CUTS)) {
    it(`${how}, with nobody to try again: no tool runs, the file stays, the failure names it`, async () => {
      cut = act;
      // A reset before the first byte may overtake the headers: that is a connection that never was, tried for 20 s.
      const from = how === "reset" ? 1 : 0;
      const offsets = Array.from({ length: RECORDED.length - from }, (_, i) => i + from).filter(
        (offset) => (offset + 3 * from) % EVERY === 0,
      );
      const runs = await work("never", offsets);
      deepEqual(
        runs.flatMap(({ outcome, ran }, i) => {
          const code = outcome.kind === "failed" ? outcome.failure.code : outcome.kind;
          const expected = code === "model.cut" || (how === "reset" && code === "model.network");
          return expected && ran.length === 0 ? [] : [[offsets[i], code, ran]];
        }),
        [],
      );
      equal(note(), OLD);
      deepEqual(readdirSync(folder.dir), ["note.md"]);
    });

    it(`${how}, and tried again: the tool runs once, the file is whole`, async () => {
      cut = act;
      const offsets = Array.from({ length: Math.ceil(RECORDED.length / 16) }, (_, i) => i * 16);
      const runs = await work("once", offsets);
      for (const { outcome, ran } of runs) {
        equal(outcome.kind, "done", JSON.stringify(outcome));
        deepEqual(ran, ["write", "report"]);
      }
      equal(note(), NEW);
      deepEqual(readdirSync(folder.dir), ["note.md"]);
    });
  }

  it("whole, it does its work", async () => {
    const [run] = await work("once", [RECORDED.length]);
    deepEqual(run?.ran, ["write", "report"]);
    equal(note(), NEW);
  });
});
