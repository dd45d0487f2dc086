import { deepEqual, equal, match } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RecordedEvent, RunEvent } from "../../../src/core/state/events";
import { isAllowed, nextAnswer, type ApprovalHost } from "../../../src/run/steering/approvals";
import { Emitter } from "../../../src/util/emitter";
import { begun, planOf, stateAfter, started } from "../../support/builders";
import { portsFor } from "../../support/run-ports";
import { tempFolder, tempRepo } from "../../support/temp-repo";

describe("a command that is allowed for the repository", function () {
  this.timeout(60_000);
  let repo: ReturnType<typeof tempRepo>;
  let home: ReturnType<typeof tempFolder>;
  const own = process.env["XDG_STATE_HOME"];
  beforeEach(() => {
    repo = tempRepo({ "a.txt": "1\n" });
    home = tempFolder();
  });
  afterEach(() => {
    if (own === undefined) delete process.env["XDG_STATE_HOME"];
    else process.env["XDG_STATE_HOME"] = own;
    repo.dispose();
    home.dispose();
  });

  /** Asks in a run of its own, where the user says so if they are asked. */
  async function asks(): Promise<{ readonly allowed: boolean; readonly asked: boolean; readonly said: string }> {
    const events: RunEvent[] = [...begun(planOf("a")), started("a")];
    const recorded = new Emitter<RecordedEvent>();
    let [asked, said] = [false, ""];
    const ports = await portsFor(repo.dir, home.dir, { canApprove: () => true, log: (line) => void (said += line) });
    const host: ApprovalHost = {
      ports,
      state: () => stateAfter(...events),
      async record(event) {
        events.push(event);
        recorded.fire({ seq: events.length, at: 0, event });
        if (event.type !== "approval.requested" || event.remembered === true) return;
        asked = true;
        await host.record({ type: "approval.answered", key: event.key, answer: "repository" });
      },
      answer: (key, signal) => nextAnswer(recorded.event, key, signal),
    };
    const request = { subtask: "a", about: "command", source: "worker", commands: ["make"], content: [] } as const;
    return { allowed: await isAllowed(host, request, new AbortController().signal), asked, said };
  }

  it("is remembered", async () => {
    process.env["XDG_STATE_HOME"] = join(home.dir, "state");
    equal((await asks()).asked, true);
    deepEqual(await asks(), { allowed: true, asked: false, said: "" });
  });

  it("runs where that cannot be kept, which the log says; the next one asks again", async () => {
    process.env["XDG_STATE_HOME"] = join(repo.dir, "a.txt");
    for (let n = 0; n < 2; n += 1) {
      const { allowed, asked, said } = await asks();
      deepEqual([allowed, asked], [true, true]);
      match(said, /not remembered/u);
    }
  });

  it("is remembered also where a power cut has left half a key", async () => {
    const state = join(home.dir, "state");
    process.env["XDG_STATE_HOME"] = state;
    mkdirSync(join(state, "braid"), { recursive: true });
    writeFileSync(join(state, "braid/seal.key"), "");
    equal((await asks()).asked, true);
    deepEqual(await asks(), { allowed: true, asked: false, said: "" });
  });
});
