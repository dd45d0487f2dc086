import type { Page } from "playwright-core";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Amendment } from "../../../src/core/amendment/amendment";
import type { MergedReview } from "../../../src/core/review/review";
import { asReadOnly } from "../../../src/core/state/read-only-view";
import type { RunEvent } from "../../../src/core/state/events";
import type { FileDiff } from "../../../src/core/review/diff";
import { parseDiff } from "../../../src/core/review/hunks";
import type { FileTexts } from "../../../src/protocol/review-messages";
import { ROOT } from "../../workbench/root";
import { FakeSource } from "./fake-source";
import { halfwayRun, proposedRun, RESULTS } from "./fixture";
import { drawn, shownDiff } from "./suite";

/** Something the panel can look like: what it shows, and what a user does there to see it. */
export interface PanelLook {
  readonly source: () => FakeSource;
  readonly reach: (page: Page) => Promise<unknown>;
}

const ASKED: RunEvent = {
  type: "question.asked",
  question: 1,
  subtask: "auth-tests",
  attempt: 1,
  text: "Count attempts per address or per account?",
  options: ["per address", "per account"],
  why: "It decides the key of the table.",
};

const AMENDED: RunEvent = {
  type: "amendment.proposed",
  number: 1,
  by: "planner",
  amendment: Amendment.parse({
    reason: "The survey found a route nobody tests.",
    add: [{ id: "route-tests", description: "Test the logout route.", verify: ["npm test -- logout"] }],
    drop: ["security-review"],
    sequential: true,
  }),
};

const COMMANDS: RunEvent = {
  type: "approval.requested",
  key: "ab12".repeat(8),
  subtask: "session-store",
  about: "hooks",
  source: ".husky",
  commands: [".husky/pre-commit:\nnpm run lint"],
  changed: [],
};

/** What a result that was asked for makes of the comments. */
const ANSWERED: NonNullable<MergedReview["since"]> = {
  attempt: 1,
  commit: "8".repeat(40),
  text: "",
  files: [],
  comments: [
    {
      path: "src/session.ts",
      side: "base",
      line: 2,
      text: "A Map keeps the order and knows its size.",
      fate: "changed",
      answer: "Sessions are in a Map now.",
      now: { side: "result", line: 2 },
    },
    {
      path: "src/session.ts",
      side: "result",
      line: 24,
      text: "This line is far too long.",
      fate: "as-it-was",
      answer: null,
      now: { side: "result", line: 24 },
    },
  ],
};

/** Each state of the panel once, by name. */
export const PANEL_LOOKS: Readonly<Record<string, PanelLook>> = {
  planning: look(
    () => proposedRun().slice(0, 1),
    (page) => page.getByText("The planner is reading").waitFor(),
  ),
  proposed: look(proposedRun, (page) => page.getByRole("button", { name: "Approve Plan" }).waitFor()),
  running: look(halfwayRun, (page) => select(page, "auth-tests")),
  review: look(halfwayRun, async (page) => {
    await select(page, "session-store");
    await shownDiff(page, "session-store");
    await drawn(page);
    await page.locator("[data-hunk='1']").getByRole("checkbox").first().uncheck();
    await page.keyboard.press("g");
    await page.locator(".c-keyword").first().waitFor();
  }),
  kinds: look(halfwayRun, async (page) => {
    await select(page, "login-form");
    await shownDiff(page, "login-form");
    await drawn(page);
  }),
  failed: look(halfwayRun, async (page) => {
    await select(page, "rate-limit");
    await page.keyboard.press("r");
  }),
  conflict: {
    source: () => {
      const source = sourceOf(halfwayRun());
      const hunk = { line: 3, ours: ["const a = 1;"], base: null, theirs: ["const a = 2;"] };
      source.forecast = {
        ...source.forecast,
        conflicts: [{ kind: "content", paths: ["src/session.ts"], message: "CONFLICT" }],
        conflictHunks: [{ path: "src/session.ts", hunks: [hunk] }],
      };
      return source;
    },
    reach: async (page) => {
      await select(page, "session-store");
      await page.getByText("Accepting it now would conflict").waitFor();
    },
  },
  answered: {
    source: () => {
      const source = sourceOf(halfwayRun());
      source.since = ANSWERED;
      return source;
    },
    reach: (page) => shownDiff(page, "session-store"),
  },
  accepted: look(halfwayRun, async (page) => {
    await shownDiff(page, "session-store");
    await page.getByRole("button", { name: /^Accept$/u }).click();
    await page.getByRole("button", { name: "Undo Accept" }).waitFor();
    await drawn(page);
  }),
  "read-only": {
    source: () => {
      const source = sourceOf(halfwayRun());
      source.readOnly =
        "Run 20261121-1015-auth is only shown here. It is open in VS Code on this machine. Decide about it there, or close it there and take it over here.";
      source.viewOverride = asReadOnly(source.view);
      return source;
    },
    reach: async (page) => {
      await select(page, "session-store");
      await shownDiff(page, "session-store");
    },
  },
  timeline: look(halfwayRun, async (page) => {
    const closed = page.locator("header details:not([open]) > summary");
    for (let left = await closed.count(); left > 0; left -= 1) await closed.first().click();
    await page.locator(".timeline .line").first().waitFor();
  }),
  table: look(halfwayRun, async (page) => {
    await page.locator(".timeline > summary").click();
    await page.getByRole("button", { name: "Show as a table" }).click();
  }),
  amendment: look(
    () => [...halfwayRun(), AMENDED],
    (page) => page.getByText("Amendment 1 waits for approval").waitFor(),
  ),
  question: look(
    () => [...halfwayRun(), ASKED, COMMANDS],
    (page) => page.getByText("Count attempts per address").first().waitFor(),
  ),
  keys: look(halfwayRun, async (page) => {
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
  }),
};

function look(events: () => readonly RunEvent[], reach: PanelLook["reach"]): PanelLook {
  return { source: () => sourceOf(events()), reach };
}

function sourceOf(events: readonly RunEvent[]): FakeSource {
  const source = new FakeSource(events);
  source.fileTexts = new Map(
    Object.values(RESULTS).flatMap(({ diff }) => parseDiff(diff).map((file) => [file.path, textsOf(file)])),
  );
  const image = `data:image/png;base64,${readFileSync(join(ROOT, "media/icon.png")).toString("base64")}`;
  source.fileImages = new Map([["logo.png", { base: image, result: image }]]);
  return source;
}

/** What a file would be that had nothing but the lines of its diff. */
function textsOf({ hunks }: FileDiff): FileTexts {
  const [base, result]: [string[], string[]] = [[], []];
  for (const { oldStart, newStart, lines } of hunks) {
    let [old, now] = [oldStart, newStart];
    for (const { kind, text } of lines) {
      if (kind !== "added") base[(old += 1) - 2] = text;
      if (kind !== "deleted") result[(now += 1) - 2] = text;
    }
  }
  return { base: base.join("\n"), result: result.join("\n") };
}

async function select(page: Page, subtask: string): Promise<void> {
  await page.locator(`[data-subtask="${subtask}"]`).click();
  await page.locator("#subtask-title", { hasText: subtask }).waitFor();
}
