import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { failure } from "../../../src/core/failure";
import { Plan } from "../../../src/core/plan/plan";
import { subtaskState } from "../../../src/core/state/state";
import type { RunEvent } from "../../../src/core/state/events";
import { Run } from "../../../src/run/run";
import { isAllowed, nextAnswer, type ApprovalHost } from "../../../src/run/steering/approvals";
import { forget, listRemembered } from "../../../src/run/steering/remembered";
import { Emitter } from "../../../src/util/emitter";
import type { RecordedEvent } from "../../../src/core/state/events";
import { begun, failedWith, planOf, stateAfter, started } from "../../support/builders";
import { obedient } from "../../support/obedient-model";
import { portsFor } from "../../support/run-ports";
import { tempFolder, tempRepo } from "../../support/temp-repo";

describe("workers that ask for the same command", function () {
  this.timeout(30_000);
  it("are asked about once, in the place of who was stopped, and anew after the word was taken back", async () => {
    const repo = tempRepo({ "a.txt": "1\n" });
    const home = tempFolder();
    try {
      const events: RunEvent[] = [...begun(planOf("a", "b")), started("a"), started("b")];
      const recorded = new Emitter<RecordedEvent>();
      const requests: string[] = [];
      const ports = await portsFor(repo.dir, home.dir, { canApprove: () => true });
      const host: ApprovalHost = {
        ports,
        state: () => stateAfter(...events),
        async record(event) {
          events.push(event);
          if (event.type === "approval.requested") requests.push(event.subtask ?? "");
          recorded.fire({ seq: events.length, at: 0, event });
        },
        answer: (key, signal) => nextAnswer(recorded.event, key, signal),
      };
      const asks = (subtask: string, signal: AbortSignal) =>
        isAllowed(host, { subtask, about: "command", source: "worker", commands: ["make"], content: [] }, signal);
      const stop = new AbortController();
      const first = asks("a", stop.signal);
      while (requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
      const second = asks("b", new AbortController().signal);
      await new Promise((resolve) => setTimeout(resolve, 50));
      deepEqual(requests, ["a"]);
      stop.abort();
      await rejects(first);
      await host.record(failedWith("a", "cancelled"));
      while (requests.length === 1) await new Promise((resolve) => setImmediate(resolve));
      deepEqual(requests, ["a", "b"]);
      const waiting = host.state().approvals.find((one) => one.answer === null);
      equal(waiting?.subtask, "b");
      await host.record({ type: "approval.answered", key: waiting?.key ?? "", answer: "once" });
      equal(await second, true);
      // The last one to leave takes the request back.
      const last = new AbortController();
      const third = asks("c", last.signal);
      while (requests.length === 2) await new Promise((resolve) => setImmediate(resolve));
      last.abort();
      await rejects(third);
      deepEqual(
        host.state().approvals.filter((one) => one.answer === null),
        [],
      );
      equal(events.filter((event) => event.type === "approval.withdrawn").length, 1);
      // A word that is taken back is asked for again, also in a run that had it.
      const say = async (subtask: string) => {
        const asking = asks(subtask, new AbortController().signal);
        while (requests.at(-1) !== subtask) await new Promise((resolve) => setImmediate(resolve));
        const key = host.state().approvals.find((one) => one.answer === null)?.key ?? "";
        await host.record({ type: "approval.answered", key, answer: "repository" });
        return asking;
      };
      equal(await say("d"), true);
      equal(await asks("e", new AbortController().signal), true);
      const listed = await listRemembered(ports.repo);
      deepEqual(
        listed.map(({ commands }) => commands),
        [["make"]],
      );
      await forget(
        ports.repo,
        listed.map(({ key }) => key),
      );
      equal(await say("f"), true);
      deepEqual(requests, ["a", "b", "c", "d", "f"]);
    } finally {
      repo.dispose();
      home.dispose();
    }
  });
});

describe("a worker whose command waits for the user's word", function () {
  this.timeout(60_000);
  it("does not wait on its own time, nor on the run's", async () => {
    const repo = tempRepo({ "a.txt": "1\n" });
    const home = tempFolder();
    try {
      const clock = { now: 1_000_000 };
      const ports = await portsFor(repo.dir, home.dir, {
        findSandbox: async () => ({ ok: false, failure: failure("sandbox.missing", "There is none in this test.") }),
        model: obedient,
        canApprove: () => true,
        now: () => (clock.now += 1),
      });
      const run = await Run.create(ports, "g", { concurrency: 1, attempts: 1 });
      run.onDidRecord(({ event }) => {
        if (event.type !== "approval.requested") return;
        clock.now += 60 * 60_000;
        setTimeout(() => void run.command({ type: "allow", key: event.key, answer: "once" }), 5);
      });
      const subtask = { id: "one", description: "[[touch made]]", constraints: { time_budget: "5min" } };
      await run.approve(Plan.parse({ task: "t", budget: { minutes: 10 }, subtasks: [subtask] }));
      await run.idle();
      await run.close();
      const { status, failure: why } = subtaskState(run.state(), "one") ?? {};
      deepEqual([status, why?.message], ["finished", undefined]);
      ok(run.state().workedMs < 60_000, `${run.state().workedMs} ms of work`);
    } finally {
      repo.dispose();
      home.dispose();
    }
  });
});
