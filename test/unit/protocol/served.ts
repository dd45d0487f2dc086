import { EventSchemas } from "../../../src/protocol/messages";
import type { Message } from "../../../src/protocol/rpc";
import { serveReview } from "../../../src/protocol/serve-review";
import { FakeSource } from "../../e2e/panel/fake-source";
import { halfwayRun } from "../../e2e/panel/fixture";

/** A service whose page is this test, and whose frames pass when the test says so. */
export function served(events = halfwayRun(), selected: string | null = null) {
  const source = new FakeSource(events);
  const sent: Message[] = [];
  const frames: (() => void)[] = [];
  const service = serveReview({
    source,
    selected,
    post: (message) => {
      sent.push(message);
      // What the page would refuse is a mistake here.
      if (message.kind === "event") EventSchemas[message.name as keyof typeof EventSchemas].parse(message.data);
    },
    later: (run) => {
      frames.push(run);
      return { dispose: () => void frames.splice(frames.indexOf(run), 1) };
    },
  });
  let id = 0;
  return {
    source,
    sent,
    service,
    frames,
    nextFrame: () => frames.splice(0).forEach((run) => run()),
    ask: async (name: string, params: object) => {
      id += 1;
      service.receive({ kind: "request", id, name, params });
      await new Promise((resolve) => setImmediate(resolve));
      const last = sent.at(-1);
      return last?.kind === "error" ? last.failure.message : last?.kind === "reply" ? last.value : undefined;
    },
  };
}
