import type { RunEvent } from "../../../src/core/state/events";
import { failure } from "../../../src/core/failure";
import { parseDiff } from "../../../src/core/review/hunks";
import { Plan } from "../../../src/core/plan/plan";
import { Report } from "../../../src/core/report";

/** What each subtask's result differs from its base by; text as git prints it. */
export const RESULTS = {
  "session-store": { commit: "1".repeat(40), diff: sessionDiff() },
  "login-form": { commit: "2".repeat(40), diff: kindsDiff() },
  "rate-limit": { commit: "3".repeat(40), diff: largeDiff() },
} as const;

const PLAN = Plan.parse({
  task: "Build user authentication with sessions, a login form and rate limits",
  subtasks: [
    { id: "auth-design", agent: "planning-agent", description: "Design the authentication architecture." },
    {
      id: "session-store",
      description: "Keep sessions on the server.\nTokens expire after an hour; nothing secret goes into the cookie.",
      dependencies: ["auth-design"],
      files: ["src/session.ts"],
    },
    { id: "login-form", description: "Add the login form.", dependencies: ["auth-design"] },
    { id: "rate-limit", description: "Limit attempts per address.", dependencies: ["session-store"] },
    { id: "auth-tests", agent: "tester", dependencies: ["session-store", "login-form"] },
    { id: "security-review", agent: "reviewer", dependencies: ["auth-tests", "rate-limit"] },
  ],
});

const USAGE = { inputTokens: 18_200, outputTokens: 5_400, cacheReadTokens: 41_000, cacheWriteTokens: 9_100, usd: 0.29 };
const MODEL = "claude-sonnet-4-5";

/** A run up to its proposed plan. */
export function proposedRun(): readonly RunEvent[] {
  return [
    {
      type: "run.created",
      run: "20261121-1015-auth",
      goal: PLAN.task,
      target: "refs/heads/main",
      base: "0".repeat(40),
      options: { concurrency: 3, attempts: 2 },
    },
    {
      type: "turn.completed",
      subtask: null,
      attempt: 1,
      turn: 1,
      model: MODEL,
      stopReason: "tool_use",
      usage: USAGE,
      durationMs: 4000,
    },
    { type: "plan.proposed", plan: PLAN, by: "planner", note: "Three workers at a time; about 12 minutes." },
  ];
}

/** The same run half-way: results that wait, one that failed with partial work, one that runs. */
export function halfwayRun(): readonly RunEvent[] {
  return [
    ...proposedRun(),
    { type: "plan.approved", plan: PLAN, skipped: [] },
    ...started("auth-design"),
    {
      type: "subtask.finished",
      subtask: "auth-design",
      attempt: 1,
      report: Report.parse({ summary: "Server-side sessions, one cookie.", decisions: ["No JWT"] }),
      result: null,
    },
    ...started("session-store"),
    ...started("login-form"),
    {
      type: "check.completed",
      subtask: "session-store",
      attempt: 1,
      check: { command: "npm test -- session", passed: true, exitCode: 0, durationMs: 8_400, output: "12 passing\n" },
    },
    {
      type: "check.completed",
      subtask: "session-store",
      attempt: 1,
      check: {
        command: "npm run lint",
        passed: false,
        exitCode: 1,
        durationMs: 2_100,
        output: "\u001b[31msrc/session.ts\u001b[0m\n  14:3  error  'token' is never reassigned. Use 'const'\n",
      },
    },
    {
      type: "subtask.finished",
      subtask: "session-store",
      attempt: 1,
      report: Report.parse({
        summary: "Sessions live in a map behind a small port; expiry is checked on read, so no timer is needed.",
        files: ["src/session.ts"],
        decisions: ["Ids are 128 random bits, base64url.", "Expiry is checked on read."],
        open_points: ["A shared store is needed before there is a second process."],
        findings: [
          {
            file: "src/server.ts",
            line: 41,
            severity: "warning",
            message: "The cookie has no SameSite.",
            fix: "Set SameSite=Lax.",
          },
        ],
      }),
      result: result("session-store"),
    },
    {
      type: "subtask.finished",
      subtask: "login-form",
      attempt: 1,
      report: Report.parse({ summary: "A plain form; works without scripts." }),
      result: result("login-form"),
    },
    ...started("rate-limit"),
    {
      type: "subtask.failed",
      subtask: "rate-limit",
      attempt: 1,
      failure: failure("limit.turns", "The worker used all of its 40 turns.", {
        hint: "Look at what it did so far, then retry or raise max_turns.",
        detail: "Last tool call: bash npm test",
      }),
      result: result("rate-limit"),
    },
    ...started("auth-tests"),
  ];
}

function started(subtask: string): readonly RunEvent[] {
  return [
    {
      type: "subtask.started",
      subtask,
      attempt: 1,
      base: "0".repeat(40),
      restsOn: [],
      worktree: `/tmp/braid/${subtask}`,
      model: MODEL,
    },
    {
      type: "turn.completed",
      subtask,
      attempt: 1,
      turn: 1,
      model: MODEL,
      stopReason: "tool_use",
      usage: USAGE,
      durationMs: 9000,
    },
  ];
}

function result(subtask: keyof typeof RESULTS) {
  const { commit, diff } = RESULTS[subtask];
  const files = parseDiff(diff).map(({ path, from, status, binary, hunks }) => {
    const lines = hunks.flatMap((hunk) => hunk.lines);
    const counts = {
      added: lines.filter((line) => line.kind === "added").length,
      deleted: lines.filter((line) => line.kind === "deleted").length,
    };
    return { path, status, ...(from === undefined ? {} : { from }), ...(binary ? {} : counts) };
  });
  return { commit, tree: commit.replaceAll(/./gu, "a"), files };
}

function header(path: string, ...more: readonly string[]): string {
  return [`diff --git a/${path} b/${path}`, ...more, ""].join("\n");
}

function sessionDiff(): string {
  return `${header("src/session.ts", "index 1..2 100644", "--- a/src/session.ts", "+++ b/src/session.ts")}@@ -1,7 +1,9 @@
 import { randomBytes } from "node:crypto";
 
-const sessions = {};
+const HOUR_MS = 3_600_000;
+const sessions = new Map<string, Session>();
 
 export function open(user: string): string {
-  const token = String(Math.random());
+  const token = randomBytes(16).toString("base64url");
+  sessions.set(token, { user, until: Date.now() + HOUR_MS });
   return token;
@@ -20,3 +22,4 @@ export function close(token: string): void {
   sessions.delete(token);
 }
+// one very long line that has to wrap somewhere because the panel is narrow, ${"and on ".repeat(20)}
 
${header("src/session.test.ts", "new file mode 100644", "index 0..2", "--- /dev/null", "+++ b/src/session.test.ts")}@@ -0,0 +1,3 @@
+import { open } from "./session";
+
+it("opens", () => assert.ok(open("ada")));
`;
}

/** One of each kind of change. */
function kindsDiff(): string {
  return [
    header("bin/serve", "old mode 100644", "new mode 100755"),
    header("logo.png", "index 1..2 100644", "Binary files a/logo.png and b/logo.png differ"),
    "diff --git a/form.html b/pages/login.html\nsimilarity index 100%\nrename from form.html\nrename to pages/login.html\n",
    `${header("old.css", "deleted file mode 100644", "index 1..0", "--- a/old.css", "+++ /dev/null")}@@ -1 +0,0 @@\n-body {}\n`,
    `${header("win.txt", "index 1..2 100644", "--- a/win.txt", "+++ b/win.txt")}@@ -1,2 +1,2 @@\n-one\r\n-two\r\n+one\n+two\n`,
    `${header("end.txt", "index 1..2 100644", "--- a/end.txt", "+++ b/end.txt")}@@ -1 +1 @@\n-last\n\\ No newline at end of file\n+last\n`,
    `${header("current", "new file mode 120000", "index 0..2", "--- /dev/null", "+++ b/current")}@@ -0,0 +1 @@\n+releases/2\n\\ No newline at end of file\n`,
    `${header("vendor/lib", "index 1..2 160000", "--- a/vendor/lib", "+++ b/vendor/lib")}@@ -1 +1 @@\n-Subproject commit ${"a".repeat(40)}\n+Subproject commit ${"b".repeat(40)}\n`,
    header("empty.txt", "new file mode 100644", "index 0..0"),
    `${header("tricky.ts", "index 1..2 100644", "--- a/tricky.ts", "+++ b/tricky.ts")}@@ -1 +1 @@\n-if (admin) {\n+if (admin\u202e \u2066// check\u2069 \u2066) {\n`,
  ].join("");
}

function largeDiff(): string {
  const lines = Array.from({ length: 2_000 }, (_, i) => `+const limit${i} = ${i};`).join("\n");
  return `${header("src/limits.ts", "new file mode 100644", "index 0..2", "--- /dev/null", "+++ b/src/limits.ts")}@@ -0,0 +1,2000 @@\n${lines}\n`;
}
