import { deepEqual, equal, match } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCli } from "../../support/cli";
import { ONE, ran, useCli, writes } from "../../support/cli-fixture";

describe("commands that wait for a word, on the command line", function () {
  this.timeout(120_000);
  const f = useCli();

  it("are shown by status, allowed and denied from another process, remembered and forgotten", async () => {
    f.repo.write("plan.yml", ONE);
    f.repo.write(".gitignore", "made\n");
    f.repo.write(".cursor/worktrees.json", JSON.stringify({ "setup-worktree": ["echo a\u202eb > made"] }));
    f.repo.commit("set-up");
    mkdirSync(join(f.repo.dir, ".git/hooks"), { recursive: true });
    writeFileSync(join(f.repo.dir, ".git/hooks/pre-commit"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    await f.play(writes("note.md", "x"));
    const args = ["run", "plan.yml", "--yes", "--ask", "wait", "--accept", "all", "--json"];
    const owner = startCli(args, { cwd: f.repo.dir, env: f.env });
    const setup = await owner.seen((event) => event.type === "approval.requested");
    const [run, key] = [setup.run, String(setup["key"])];
    const status = await f.braid("status");
    match(status.stdout, /Set every worktree up.*worktrees\.json.*\n {4}echo a⟨U\+202E⟩b > made\n/su);
    match(status.stdout, new RegExp(`braid allow ${run} ${key}, or braid deny ${run} ${key}`, "u"));

    const wrong = await f.braid(
      "allow",
      run,
      key.replace(/./u, (first) => (first === "0" ? "1" : "0")),
    );
    ran(wrong, 2);
    match(wrong.stderr, /Nothing waits for this answer any more/u);
    const short = await f.braid("allow", run, key.slice(0, 8));
    ran(short, 2);
    match(short.stderr, /32 hexadecimal digits/u);
    const once = await f.braid("allow", run, key);
    ran(once, 2);
    match(once.stderr, /allowed for the run or for the repository, not "once"/u);
    ran(await f.braid("allow", run, key, "--for", "repository"), 0);
    const ready = await owner.seen((event) => event.type === "setup.completed");
    match(JSON.stringify(ready), /"outcome":"done"/u);

    const hooks = await owner.seen((event) => event.type === "approval.requested" && event["about"] === "hooks");
    const denied = await f.braid("deny", run, String(hooks["key"]));
    ran(denied, 0);
    match(denied.stdout, /Denied\./u);
    const outcome = await owner.ended;
    ran(outcome, 3);
    match(JSON.stringify(outcome.events), /"code":"hook\.unapproved"/u);

    const listed = await f.braid("approvals");
    match(listed.stdout, new RegExp(`^${key}, allowed .*\\n {4}echo a⟨U\\+202E⟩b > made`, "u"));
    ran(await f.braid("approvals", "--forget", "nothing"), 2);
    const forgotten = await f.braid("approvals", "--forget", key, "--json");
    deepEqual(JSON.parse(forgotten.stdout), { approvals: [], forgotten: [key] });
    equal((await f.braid("approvals")).stdout, "Nothing is allowed for this repository once and for all.\n");
  });
});
