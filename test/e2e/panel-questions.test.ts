import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import type { RunEvent } from "../../src/core/state/events";
import { failure } from "../../src/core/failure";
import type { MergedReview } from "../../src/core/review/review";
import { FakeSource } from "./panel/fake-source";
import { halfwayRun, proposedRun } from "./panel/fixture";
import { drawn, focused, panelSuite, shownDiff, texts } from "./panel/suite";

const ASKED: RunEvent = {
  type: "question.asked",
  question: 1,
  subtask: "auth-tests",
  attempt: 1,
  text: "Per address or per account?\n<img src=x onerror=alert(1)> [go](command:braid.cancelRun)",
  options: ["per address", "per account\u202e"],
  why: "It decides the key of the table.",
};

describe("questions and steering in the review panel", () => {
  const panel = panelSuite();

  it("shows who asks first, and takes an option", async () => {
    const { page, source } = await panel([...halfwayRun(), ASKED]);
    await page.locator("#subtask-title", { hasText: "auth-tests" }).waitFor();
    const group = page.locator("nav section").first();
    assert.match(await group.innerText(), /needs input\n.*auth-tests/isu);
    const question = page.getByRole("region", { name: "auth-tests asks" });
    assert.match(await question.innerText(), /Per address or per account\?.*<img src=x.*It decides the key/su);
    await mkdir("test/e2e/screenshots", { recursive: true });
    await page.screenshot({ path: "test/e2e/screenshots/panel-question.png" });
    await question.getByRole("button", { name: "per address" }).click();
    await question.waitFor({ state: "detached" });
    assert.deepEqual(
      source.calls.filter((call) => call.startsWith("answer")),
      ["answer 1 per address"],
    );
    await page.getByRole("status").filter({ hasText: "Answered." }).waitFor();
    await page.getByRole("list", { name: "Subtask" }).filter({ hasText: "Running" }).waitFor();
  });

  it("shows a command that waits for a word in full, with nothing hidden, and takes the word", async () => {
    const key = "ab12".repeat(8);
    const { page, source } = await panel([
      ...halfwayRun(),
      {
        type: "approval.requested",
        key,
        subtask: "session-store",
        about: "hooks",
        source: ".husky",
        commands: [".husky/pre-commit:\nnpm run li\u202ent\t\t<img src=x onerror=alert(1)>", "check.sh:\nexit 0"],
        changed: ["check.sh"],
      },
    ]);
    const region = page.getByRole("region", { name: "Waits for your word" });
    const text = await region.innerText();
    assert.match(text, /Run the commit hooks of \.husky for "session-store"\?.*changes check\.sh, which they run/su);
    assert.match(text, /npm run li⟨U\+202E⟩nt⟨tab⟩⟨tab⟩<img src=x onerror=alert\(1\)>\n\ncheck\.sh:/u);
    await mkdir("test/e2e/screenshots", { recursive: true });
    await page.screenshot({ path: "test/e2e/screenshots/panel-approval.png" });
    // What is to be accepted waits for this very word.
    source.passing = new Promise(() => undefined);
    await page.getByRole("button", { name: "Accept All Passing" }).click();
    await page.getByRole("button", { name: "Accept All Passing", disabled: true }).waitFor();
    source.refuseNext = failure("run.state", "Nobody waits for it any more.");
    await region.getByRole("button", { name: "Deny" }).click();
    await page.getByRole("alert").filter({ hasText: "Nobody waits for it any more." }).waitFor();
    await region.getByRole("button", { name: "Allow for This Repository" }).click();
    await region.waitFor({ state: "detached" });
    assert.equal(await page.getByRole("button", { name: "Accept All Passing" }).isDisabled(), true);
    assert.deepEqual(source.calls.at(-1), "allow ab12 repository");
    await page.getByRole("status").filter({ hasText: "Allowed." }).waitFor();
  });

  it("takes an answer of one's own, by keyboard, and no blank one", async () => {
    const { page, source } = await panel([...halfwayRun(), ASKED]);
    const field = page.getByLabel("Another answer");
    await field.focus();
    await page.keyboard.type("   ");
    await page.keyboard.press("Enter");
    await page.keyboard.type("a j r both ");
    await page.keyboard.press("Enter");
    await field.waitFor({ state: "detached" });
    assert.deepEqual(
      source.calls.filter((call) => call.startsWith("answer")),
      ["answer 1 a j r both"],
    );
  });

  it("says why an answer came too late", async () => {
    const { page, source } = await panel([...halfwayRun(), ASKED]);
    source.refuseNext = failure("run.state", "Question 1 was withdrawn: whoever asked it has ended.");
    await page.getByRole("button", { name: "per address" }).click();
    await page.getByRole("alert").filter({ hasText: "was withdrawn" }).waitFor();
  });

  it("a planner's question stands on top, without any subtask", async () => {
    const [created] = proposedRun();
    assert.ok(created);
    const { page, source } = await panel([created, { ...ASKED, subtask: null, options: [] }]);
    const question = page.getByRole("region", { name: "The planner asks" });
    await question.getByLabel("Answer").fill("the API only");
    await question.getByRole("button", { name: "Answer" }).click();
    await question.waitFor({ state: "detached" });
    assert.deepEqual(source.calls, ["answer 1 the API only"]);
  });

  it("tells a running worker something, and stops it", async () => {
    const { page, source } = await panel(halfwayRun());
    await page.locator("[data-subtask=auth-tests]").click();
    const tell = page.getByRole("button", { name: "Message…" });
    await tell.click();
    const field = page.getByLabel("It hears this with its next tool results");
    assert.equal(await focused(page), "INPUT");
    await page.keyboard.press("Escape");
    await field.waitFor({ state: "detached" });
    assert.match(await focused(page), /Message…/u);
    await tell.click();
    await field.fill("use tabs");
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: "message sent" }).waitFor();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.locator(".reason-text", { hasText: "is being stopped" }).waitFor();
    assert.deepEqual(
      source.calls.filter((call) => /^(message|stop)/u.test(call)),
      ["message auth-tests use tabs", "stop auth-tests"],
    );
    await page.locator("[data-subtask=session-store]").click();
    assert.deepEqual(await texts(page, ".steer button"), []);
  });

  it("shows what became of each comment of the last attempt, and what the worker says to it", async () => {
    const source = new FakeSource(halfwayRun());
    source.record({ type: "subtask.retried", subtask: "login-form", by: "user", note: "in words" });
    source.since = answeredComments();
    const { page } = await panel([], { source });
    await shownDiff(page, "session-store");
    await drawn(page);
    const said = async (selector: string) => (await texts(page, selector)).map((text) => text.replaceAll(/\s+/gu, " "));
    assert.deepEqual(await said('[data-file="src/session.ts"] [data-hunk="1"] .answered'), [
      "This line changed since; you asked on line 2 as it was before Use <b>a</b> map The worker: Done.",
    ]);
    assert.deepEqual(await said('[data-file="src/session.ts"] .file-body > .answered'), [
      "Nothing changed here since; you asked on line 90 Why not? The worker did not answer it.",
    ]);
    assert.deepEqual(await said("section > .answered"), [
      "A line close by changed since; you asked on line 3 of gone.ts Take it out The worker: It is out.",
    ]);
  });
});

function answeredComments(): NonNullable<MergedReview["since"]> {
  const on = (path: string, line: number) => ({ path, line, now: { side: "result", line } as const });
  return {
    attempt: 1,
    commit: "8".repeat(40),
    text: "",
    files: [],
    comments: [
      { ...on("src/session.ts", 2), side: "base", text: "Use <b>a</b> map", fate: "changed", answer: "Done." },
      { ...on("src/session.ts", 90), side: "result", text: "Why not?", fate: "as-it-was", answer: null },
      { ...on("gone.ts", 3), side: "result", text: "Take it out", fate: "close-by", answer: "It is out." },
    ],
  };
}
