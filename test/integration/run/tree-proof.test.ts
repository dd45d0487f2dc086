import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../../../src/core/state/events";
import { differencesOf } from "../../../src/core/main-tree";
import { Plan } from "../../../src/core/plan/plan";
import { NO_USAGE } from "../../../src/core/usage";
import { commitDiff, seeMainTree, type SeenTree } from "../../../src/git/main-tree";
import { openRepository } from "../../../src/git/repository";
import type { Model, ModelReply } from "../../../src/model/model";
import { Run } from "../../../src/run/run";
import { portsFor } from "../../support/run-ports";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

type Content = Extract<ModelReply, { kind: "message" }>["content"];
const reply = (stopReason: "tool_use" | "end_turn", content: Content): ModelReply => ({
  kind: "message",
  content,
  stopReason,
  usage: NO_USAGE,
  model: "m",
  durationMs: 1,
});

/** Each worker writes `<subtask>.txt`; `meanwhile` happens in the user's tree before it does. */
function writer(meanwhile: () => void = () => undefined): Model {
  return {
    async respond({ messages }) {
      const subtask = /Subtask: (\S+) /u.exec(JSON.stringify(messages[0]))?.[1] ?? "";
      if (messages.length > 1) return reply("end_turn", [{ type: "text", text: "Done." }]);
      meanwhile();
      const input = { file_path: `${subtask}.txt`, content: "x\n" };
      return reply("tool_use", [{ type: "tool_use", id: "t", name: "write", input }]);
    },
  };
}

describe("the proof of the main tree", function () {
  this.timeout(60_000);
  let repo: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  beforeEach(() => {
    repo = tempRepo({ "a.txt": "1\n", "b.txt": "1\n", "dir/c d ü.txt": "1\n", ".gitignore": "*.log\nbuild/\n" });
    trees = tempFolder();
  });
  afterEach(() => {
    repo.dispose();
    trees.dispose();
  });

  describe("sees", () => {
    /** What a change in the user's tree looks like from one look to the next. */
    const check = (name: string, change: () => void, ...found: readonly string[]) =>
      it(name, async () => {
        const place = await openRepository(repo.dir);
        const before = await seeMainTree(place);
        change();
        assert.deepEqual(await differences(before), found);
      });
    const differences = async (before: SeenTree) => {
      const place = await openRepository(repo.dir);
      const { tree } = await seeMainTree(place, before);
      const diff = await commitDiff(place, before.tree.commit, tree.commit);
      const all = differencesOf(before.tree, tree, { diff, landed: [], workers: [], unsandboxed: false });
      return all.map((one) => `${one.what} ${one.name}`);
    };
    check("nothing", () => undefined);
    check("an edit", () => repo.write("dir/c d ü.txt", "2\n"), "file dir/c d ü.txt");
    check(
      "a new file, and an ignored one",
      () => (repo.write("new", ""), repo.write("x.log", "")),
      "file new",
      "file x.log",
    );
    check("a deleted file", () => rmSync(join(repo.dir, "a.txt")), "file a.txt");
    check("a mode", () => repo.git("update-index", "--chmod=+x", "a.txt"), "index a.txt");
    check(
      "a file that became a link",
      () => {
        rmSync(join(repo.dir, "a.txt"));
        symlinkSync("b.txt", join(repo.dir, "a.txt"));
      },
      "file a.txt",
    );
    check("staging", () => (repo.write("a.txt", "2\n"), repo.git("add", "a.txt")), "file and index a.txt");
    check("a removal from the index", () => repo.git("rm", "-q", "--cached", "a.txt"), "index a.txt");
    check(
      "a commit",
      () => (repo.write("a.txt", "2\n"), repo.commit("x")),
      "file and index a.txt",
      "ref refs/heads/main",
    );
    check(
      "a branch, a tag, a stash",
      () => {
        repo.git("branch", "other");
        repo.git("tag", "v1");
        repo.write("a.txt", "2\n");
        repo.git("stash", "-q");
      },
      "ref refs/heads/other",
      "ref refs/stash",
      "ref refs/tags/v1",
    );
    check(
      "another branch checked out",
      () => repo.git("switch", "-qc", "other"),
      "ref refs/heads/other",
      "head refs/heads/other",
    );
    it("a detached HEAD", async () => {
      const before = await seeMainTree(await openRepository(repo.dir));
      repo.git("switch", "-q", "--detach");
      assert.deepEqual(await differences(before), [`head ${repo.git("rev-parse", "HEAD")}`]);
    });
    check("refs/braid/ is Braid's own", () => repo.git("update-ref", "refs/braid/x", "HEAD"));
    check(
      "an ignored folder is not looked into",
      () => (mkdirSync(join(repo.dir, "build")), writeFileSync(join(repo.dir, "build/x"), "")),
    );

    it("an edit that keeps size and time", async () => {
      repo.write("new", "one");
      const place = await openRepository(repo.dir);
      const before = await seeMainTree(place);
      repo.write("new", "two");
      assert.deepEqual(await differences(before), ["file new"]);
    });
    it("an edit committed by the user leaves the file as it was", async () => {
      repo.write("a.txt", "2\n");
      const before = await seeMainTree(await openRepository(repo.dir));
      repo.commit("x");
      assert.deepEqual(await differences(before), ["index a.txt", "ref refs/heads/main"]);
    });
  });

  describe("of a run", () => {
    async function run(
      subtasks: readonly object[],
      meanwhile: () => void,
      after: (run: Run) => Promise<void> = async () => undefined,
    ) {
      const ports = await portsFor(repo.dir, trees.dir, { model: writer(meanwhile) });
      const one = await Run.create(ports, "g", { concurrency: 1, attempts: 1 });
      const looks: Extract<RunEvent, { type: "tree.compared" }>[] = [];
      one.onDidRecord(({ event }) => {
        if (event.type === "tree.compared") looks.push(event);
      });
      await one.approve(Plan.parse({ task: "t", subtasks }));
      await one.idle();
      await after(one);
      // Accepts are looked at behind their answer.
      await one.merges.settled();
      const view = one.view;
      await one.close();
      const told = looks.map((look) => [look.moment, ...look.differences.map((d) => `${d.by}: ${d.what} ${d.name}`)]);
      return { told, view, looks };
    }

    it("untouched: the digests before and after are the same", async () => {
      const { told, looks } = await run([{ id: "one" }, { id: "two" }], () => undefined);
      assert.deepEqual(told, [["start"], ["end"]]);
      assert.deepEqual(looks[0]?.digests, looks[1]?.digests);
    });

    it("the user's edits are no alarm, what a worker was also at is named, accepts are Braid's", async () => {
      let times = 0;
      const { told, view } = await run(
        [
          { id: "one", files: ["one.txt"] },
          { id: "two", files: ["two.txt"], dependencies: ["one"] },
        ],
        () => {
          times += 1;
          if (times !== 2) return;
          repo.write("mine.txt", "mine\n");
          repo.write("two.txt", "somebody\n");
        },
        async (one) => {
          await one.accept("one");
          await one.merges.settled();
          repo.write("a.txt", "edited\n");
          await assert.rejects(one.accept("two"), /two\.txt would be overwritten/u);
        },
      );
      assert.deepEqual(told, [
        ["start"],
        ["end", "unknown: file two.txt", "you: file mine.txt"],
        ["accept", "braid: file and index one.txt", "braid: ref refs/heads/main"],
        ["accept", "you: file a.txt"],
      ]);
      assert.deepEqual(view.tree?.counts, { braid: 2, you: 2, unknown: 1 });
    });

    it("a look that fails stops nobody, and is not tried for ever", async () => {
      const logs: string[] = [];
      const ports = await portsFor(repo.dir, trees.dir, { model: writer(), log: (line) => void logs.push(line) });
      const one = await Run.create(ports, "g", { concurrency: 1, attempts: 1 });
      const index = join(repo.dir, ".git/index");
      one.onDidRecord(({ event }) => {
        if (event.type === "subtask.finished") writeFileSync(index, "not an index");
      });
      await one.approve(Plan.parse({ task: "t", subtasks: [{ id: "one" }] }));
      await one.idle();
      assert.equal(logs.filter((line) => /main tree was not compared/u.test(line)).length, 1);
      await one.close();
    });
  });
});
