import { deepEqual, equal } from "node:assert/strict";
import { EventEmitter } from "node:events";
import {
  type FSWatcher,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { openInbox, type Inbox } from "../../../src/run/steering/inbox";
import type { SteeringCommand } from "../../../src/run/steering/inbox-command";
import { tempFolder } from "../../support/temp-repo";

describe("an inbox", function () {
  this.timeout(30_000);
  let home: ReturnType<typeof tempFolder>;
  let inbox: Inbox | undefined;
  beforeEach(() => {
    home = tempFolder();
  });
  afterEach(async () => {
    await inbox?.close();
    home.dispose();
  });
  let sent = 0;
  /** Puts a command into the inbox as another process would; resolves with the reply. */
  async function send(command: SteeringCommand, { until = Date.now() + 60_000, dir = home.dir } = {}) {
    const stem = `${String((sent += 1)).padStart(9, "0")}-0123456789ab`;
    const path = join(dir, `${stem}.json`);
    writeFileSync(`${path}.new`, JSON.stringify({ version: 1, until, command }));
    renameSync(`${path}.new`, path);
    const reply = join(dir, `${stem}.reply`);
    while (!existsSync(reply)) await new Promise((resolve) => setTimeout(resolve, 10));
    return JSON.parse(readFileSync(reply, "utf8")) as { readonly ok: boolean; readonly failure?: { message: string } };
  }
  const retry: SteeringCommand = { type: "retry", subtask: "a" };

  it("lets a cancel pass what it is to end, and keeps the order of the rest", async () => {
    const done: string[] = [];
    let end: () => void = () => undefined;
    const cancelled = new Promise<void>((resolve) => (end = resolve));
    inbox = await openInbox(home.dir, {
      async carryOut({ type }) {
        if (type === "cancel") end();
        else await cancelled;
        done.push(type);
        return type;
      },
      now: Date.now,
      log: () => undefined,
    });
    const [first, second] = [send(retry), send({ type: "pause" })];
    const last = await send({ type: "cancel" });
    equal(last.ok, true);
    await Promise.all([first, second]);
    deepEqual(done, ["cancel", "retry", "pause"]);
    // The reply comes before the command is put away.
    await inbox.close();
    deepEqual(
      readdirSync(home.dir).filter((name) => name.endsWith(".taken")),
      [],
    );
  });

  const full = Object.assign(new Error("ENOSPC: System limit for number of file watchers reached"), { code: "ENOSPC" });
  for (const [when, watch] of [
    [
      "at once",
      () => {
        throw full;
      },
    ],
    [
      "later",
      () => {
        const watcher = Object.assign(new EventEmitter(), { close: () => undefined });
        setImmediate(() => watcher.emit("error", full));
        return watcher as FSWatcher;
      },
    ],
  ] as const)
    it(`hears what is sent where the system has no watch left, and says so ${when}`, async () => {
      const heard = { carryOut: async ({ type }: SteeringCommand) => type, now: Date.now, log: () => undefined };
      inbox = await openInbox(home.dir, { ...heard, watch });
      equal((await send({ type: "pause" })).ok, true);
      equal((await send({ type: "cancel" })).ok, true);
    });

  for (const afterMs of [0, 100, 800])
    it(`hears what is sent once its folder was deleted, and made by the sender ${afterMs} ms later`, async () => {
      const dir = join(home.dir, "inbox");
      inbox = await openInbox(dir, { carryOut: async ({ type }) => type, now: Date.now, log: () => undefined });
      rmSync(dir, { recursive: true });
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      mkdirSync(dir, { recursive: true });
      equal((await send({ type: "pause" }, { dir })).ok, true);
    });

  it("carries nothing out that waited for longer than its sender, or that the owner did not come to", async () => {
    let now = 0;
    let next: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (next = resolve));
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const done: string[] = [];
    inbox = await openInbox(home.dir, {
      async carryOut({ type }) {
        done.push(type);
        next();
        await ended;
        return type;
      },
      now: () => now,
      log: () => undefined,
    });
    const first = send(retry, { until: 100 });
    await begun;
    const late = send({ type: "pause" }, { until: 50 });
    const never = send({ type: "resume" }, { until: 1_000 });
    // All are taken before the first ends.
    while (readdirSync(home.dir).filter((name) => name.endsWith(".taken")).length < 3)
      await new Promise((resolve) => setTimeout(resolve, 10));
    now = 60;
    const closed = inbox.close();
    end();
    equal((await first).ok, true);
    equal((await late).ok, false);
    equal((await never).failure?.message, "The process that owned the run ended before it came to the command.");
    await closed;
    deepEqual(done, ["retry"]);
  });
});
