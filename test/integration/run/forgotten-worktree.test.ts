import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { openWorkPlace } from "../../../src/run/attempt/work-place";
import { portsFor } from "../../support/run-ports";
import { tempFolder, tempRepo } from "../../support/temp-repo";

describe("a worktree git has forgotten", () => {
  const repo = tempRepo({ "a.txt": "a\n", "b.txt": "b\n" });
  const trees = tempFolder();
  after(() => {
    trees.dispose();
    repo.dispose();
  });

  for (const allFiles of [false, true])
    it(`says so, and what helps, ${allFiles ? "with all its files" : "where they come as they are asked for"}`, async () => {
      const { signal } = new AbortController();
      const ports = await portsFor(repo.dir, trees.dir, { allFiles });
      const commit = repo.git("rev-parse", "HEAD");
      const place = await openWorkPlace(ports, { name: `all-${allFiles}`, commit, writable: true, signal });
      await place.workspace.write("a.txt", Buffer.from("changed\n"));
      rmSync((await place.made).gitDir, { recursive: true });
      const said = (error: unknown) => {
        assert.match(JSON.stringify(error), /git knows the worktree .* no more.*Retry the subtask/u);
        return true;
      };
      // What was written is known without git's folder, where files come one by one.
      if (allFiles) await assert.rejects(place.snapshot(), said);
      else {
        await assert.rejects(place.workspace.write("new.txt", Buffer.from("changed\n")), said);
        await assert.rejects(place.workspace.ready("all files"), said);
      }
      await place.close();
    });
});
