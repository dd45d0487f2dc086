import { equal } from "node:assert/strict";
import { SILENT_MS, standingOf, type LockOwner, type Sighting, type Standing } from "../../../src/run/log/lock-owner";

const OWNER: LockOwner = { pid: 7, host: "here", label: "Braid", machine: "boot 1", started: "100" };
const SIGHTING: Sighting = {
  heardMs: 0,
  here: { host: "here", machine: "boot 1" },
  process: { started: "100" },
};
const { machine: _machine, started: _started, ...PLAIN } = OWNER;
const LONG = { heardMs: SILENT_MS };
const elsewhere = { host: "there", machine: "boot 9" };

describe("the owner of a lock", () => {
  const check = (what: string, standing: Standing, owner: LockOwner, more: Partial<Sighting> = {}) =>
    it(`${what}: ${standing}`, () => equal(standingOf(owner, { ...SIGHTING, ...more }), standing));

  check("that runs", "alive", OWNER);
  check("that runs and says nothing", "silent", OWNER, LONG);
  check("whose process has ended", "gone", OWNER, { process: null });
  check("whose number another process has", "gone", OWNER, { process: { started: "200" } });
  check("whose machine was renamed", "alive", OWNER, { here: { host: "new name", machine: "boot 1" } });
  check("that died, and then the machine was renamed", "gone", OWNER, {
    process: null,
    here: { host: "new name", machine: "boot 1" },
  });
  check("from before the machine was started anew", "gone", OWNER, {
    ...LONG,
    here: { host: "here", machine: "boot 2" },
  });
  check("of another container of this name, at work", "alive", OWNER, { here: { host: "here", machine: "boot 2" } });
  check("on another machine, at work", "alive", OWNER, { here: elsewhere, process: null });
  check("on another machine, not heard of", "silent", OWNER, { ...LONG, here: elsewhere, process: null });
  check("of an older Braid, whose number is taken", "alive", PLAIN);
  check("of an older Braid, silent", "silent", PLAIN, LONG);
  check("of an older Braid, gone", "gone", PLAIN, { process: null });
  check("where no machine can be told", "alive", OWNER, { here: { host: "here", machine: undefined } });
  check("where no machine can be told, gone", "gone", OWNER, {
    here: { host: "here", machine: undefined },
    process: null,
  });
});
