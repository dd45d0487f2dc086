import { deepEqual, equal } from "node:assert/strict";
import { describeRequest, shownCommand, wordsGiven } from "../../../src/core/approval";
import { decide } from "../../../src/core/state/decide";
import type { RunEvent } from "../../../src/core/state/events";
import { toRunView } from "../../../src/core/state/view";
import { begun, failedWith, finished, planOf, started, stateAfter } from "../../support/builders";

describe("a command put before a user", () => {
  const check = (command: string, shown: string) =>
    it(JSON.stringify(command), () => equal(shownCommand(command), shown));
  check("npm test", "npm test");
  check("a\u202eb", "a⟨U+202E⟩b");
  check("a\u200bb\u2066c", "a⟨U+200B⟩b⟨U+2066⟩c");
  check("a\u001b[2Kb\r", "a⟨U+001B⟩[2Kb⟨U+000D⟩");
  check("ls\t\t\tevil", "ls⟨tab⟩⟨tab⟩⟨tab⟩evil");
  check(`ls${" ".repeat(300)}; evil`, "ls⟨300 blanks⟩; evil");
  check("one\ntwo", "one\ntwo");
  check("a\u{e0041}b", "a⟨U+E0041⟩b");
  it("is shown whole, whatever its length", () => {
    const long = `echo ${"x".repeat(3_900)} evil`;
    equal(shownCommand(long), long);
  });
  it("each hook is a file of its own, and what goes in changes is said", () =>
    equal(
      describeRequest({
        key: "k",
        subtask: "a",
        about: "hooks",
        source: ".husky",
        commands: [".husky/pre-commit:\nx", "check.sh:\ny"],
        changed: ["check.sh"],
      }),
      'Run the commit hooks of .husky for "a"? They run with your rights. What goes in changes check.sh, which they run.\n' +
        "    .husky/pre-commit:\n    x\n    \n    check.sh:\n    y",
    ));
  it("the source is no less a stranger's text", () =>
    equal(
      describeRequest({ key: "k", subtask: null, about: "setup", source: "a\u202e.json", commands: ["x\ny"] }),
      "Set every worktree up with the commands of a⟨U+202E⟩.json? They run in the sandbox.\n    x\n    y",
    ));
});

describe("requests for approval", () => {
  const asked = (key: string, subtask: string | null = "a", about: "setup" | "command" = "command"): RunEvent => ({
    type: "approval.requested",
    key,
    subtask,
    about,
    source: "worker",
    commands: ["make"],
  });
  const answered = (key: string): RunEvent => ({ type: "approval.answered", key, answer: "run" });
  const story = (...events: readonly RunEvent[]) =>
    stateAfter(...begun(planOf("a", "b")), started("a"), started("b"), ...events);
  const waiting = (...events: readonly RunEvent[]) => toRunView(story(...events)).approvals.map((one) => one.key);

  it("wait until they are answered", () => {
    deepEqual(waiting(asked("1"), asked("2")), ["1", "2"]);
    deepEqual(waiting(asked("1"), asked("2"), answered("1")), ["2"]);
    deepEqual(waiting(asked("1"), answered("1"), asked("1")), ["1"]);
  });
  it("wait no longer than the worker that asked", () => {
    deepEqual(waiting(asked("1"), asked("2", "b"), asked("3", null, "setup"), finished("a", "x")), ["2", "3"]);
    deepEqual(waiting(asked("1"), failedWith("a", "cancelled")), []);
  });
  it("wait no longer than whoever asked", () =>
    deepEqual(waiting(asked("1"), asked("2"), { type: "approval.withdrawn", key: "1" }), ["2"]));
  it("can be forgotten once they are answered, and are asked for anew then", () => {
    const forget = (key: string) =>
      decide(story(asked("1"), asked("2"), answered("2")), { type: "forget-approval", key });
    deepEqual(forget("2"), { ok: true, events: [{ type: "approval.withdrawn", key: "2" }] });
    deepEqual([forget("1").ok, forget("3").ok], [false, false]);
  });
  it("hold for what comes where they were for the run, and refusals of hooks only once", () => {
    const word = (key: string, answer: "once" | "run" | "repository" | "deny", about: "hooks" | "command") => ({
      key,
      subtask: null,
      source: "",
      commands: [],
      answer,
      about,
    });
    const given = [word("1", "once", "command"), word("2", "run", "command"), word("3", "deny", "command")];
    const more = [word("4", "deny", "hooks"), word("5", "run", "hooks"), word("6", "repository", "command")];
    deepEqual(
      wordsGiven([...given, ...more]).map(({ key }) => key),
      ["2", "3", "5"],
    );
  });
  it("are answered once, and a set-up never for once", () => {
    const answer = (key: string, to: "once" | "run") =>
      decide(story(asked("1"), asked("2", null, "setup"), asked("3"), answered("3")), {
        type: "allow",
        key,
        answer: to,
      }).ok;
    deepEqual(
      [answer("1", "once"), answer("2", "run"), answer("2", "once"), answer("3", "run"), answer("4", "run")],
      [true, true, false, false, false],
    );
  });
});
