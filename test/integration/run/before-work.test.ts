import { equal, rejects } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import { beforeWork } from "../../../src/run/set-up/before-work";
import { compareTree } from "../../../src/run/tree-proof";
import { begun, planOf, stateAfter } from "../../support/builders";
import { portsFor } from "../../support/run-ports";
import { tempFolder, tempRepo } from "../../support/temp-repo";

describe("what has to be known before the first worker", () => {
  it("is found out when the log can be written again, though it could not be at first", async () => {
    const repo = tempRepo({ "a.txt": "1\n" });
    const trees = tempFolder();
    try {
      const recorded: RunEvent[] = [];
      let full = true;
      const host = {
        ports: await portsFor(repo.dir, trees.dir),
        state: () => stateAfter(...begun(planOf("a"))),
        record: async (event: RunEvent) => {
          if (full) throw new Error("No space left on device.");
          recorded.push(event);
        },
      };
      const before = beforeWork({
        state: host.state,
        look: (moment) => compareTree(host, moment),
        setup: () => Promise.reject(new Error("of no matter here")),
      });
      before.begin();
      await rejects(before.known(), /No space left/u);
      full = false;
      before.begin();
      await before.known();
      equal(recorded.length, 1);
    } finally {
      repo.dispose();
      trees.dispose();
    }
  });
});
