import { deepEqual, equal, match, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import pLimit from "p-limit";
import { blocksOf } from "../../src/demo/request";
import { parseScenario } from "../../src/demo/scenario";
import { startDemoServer, type RecordedRequest } from "../../src/demo/server";
import { cli, type CliOutcome } from "../support/cli";
import { tempFolder, tempRepo } from "../support/temp-repo";

/** What the run must be like when the fault has done its worst. */
export interface Fault {
  readonly name: string;
  /** Rules of the scenario, tried before the usual ones; {@link USUAL} answers what they leave. */
  readonly rules: string;
  readonly code: 0 | 1;
  /** The failure of subtask `one`; absent where it is to finish. */
  readonly failure?: { readonly code: string; readonly words: RegExp };
  /** Whether subtask `two` meets the fault as well. */
  readonly both?: boolean;
  /** What `one` leaves for review though it failed. */
  readonly partial?: boolean;
  /** Requests made for `one`, retries included. */
  readonly requests?: number;
  /** Where the API is, if not where the demo server is. */
  readonly url?: (url: string) => string;
}

/** Run by hundreds of requests; with a character of two bytes to part. */
export const CONTENT = "Grüße.\nThe second line.\n";

const PLAN = "task: Two notes\nsubtasks:\n  - { id: one, files: [one.md] }\n  - { id: two, files: [two.md] }\n";
export const WRITE = `{ tool: write, input: { file_path: "{{subtask}}.md", content: ${JSON.stringify(CONTENT)} } }`;
const USUAL = `
  - when: { turn: 1 }
    reply: [${WRITE}]
  - when: { last_tool: write, last_result_error: false }
    reply: [{ tool: report, input: { summary: "Wrote {{subtask}}.md." } }]
  - reply: [${WRITE}]
`;
/** Never touched by any subtask; whoever truncates files would get to it sooner or later. */
const BYSTANDER = "Not to be touched.\n".repeat(1000);

/** How many command lines run at the same time. */
const AT_ONCE = 3;
const limit = pLimit(AT_ONCE);

/** Starts the run at once, or when its turn comes; the returned function waits for its end and judges it. */
export function startFault(fault: Fault): () => Promise<void> {
  const ended = limit(() => play(fault));
  // Judged later; until then a failure must not count as nobody's.
  ended.catch(() => undefined);
  return async () => judge(fault, await ended);
}

interface Played {
  readonly outcome: CliOutcome;
  readonly requests: readonly RecordedRequest[];
  readonly files: Readonly<Record<string, string>>;
  readonly worktrees: number;
  readonly status: string;
}

async function play({ rules, url = (same) => same }: Fault): Promise<Played> {
  const repo = tempRepo({ "bystander.txt": BYSTANDER });
  const home = tempFolder();
  const server = await startDemoServer(parseScenario(`rules:\n${rules}${USUAL}`, "fault.yml"), { speed: 0 });
  try {
    const plan = join(home.dir, "plan.yml");
    writeFileSync(plan, PLAN);
    const outcome = await cli(["run", plan, "--yes", "--json", "--accept", "passing", "--concurrency", "2"], {
      cwd: repo.dir,
      env: { HOME: home.dir, ANTHROPIC_BASE_URL: url(server.url) },
    });
    const paths = repo.git("ls-files").split("\n");
    return {
      outcome,
      requests: server.requests,
      files: Object.fromEntries(paths.map((path) => [path, repo.read(path)])),
      worktrees: repo.git("worktree", "list").split("\n").length,
      status: repo.git("status", "--porcelain"),
    };
  } finally {
    await server.dispose();
    repo.dispose();
    home.dispose();
  }
}

function judge(fault: Fault, { outcome, requests, files, worktrees, status }: Played): void {
  const { events } = outcome;
  equal(outcome.code, fault.code, `exit ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`);
  const failures = events.filter((e) => e.type === "subtask.failed");
  const lost = failures.filter((e) => /"model\.(?:rate-limit|overloaded)"/u.test(JSON.stringify(e)));
  deepEqual(lost, [], "no worker is lost to a rate limit");
  // The server refuses a history the API would refuse, with 400.
  const refused = failures.filter((e) => JSON.stringify(e).includes('"model.request"'));
  deepEqual(refused, [], "every history sent is valid");
  for (const call of requests.flatMap(writesIn)) equal(call, CONTENT, "no call in the history is half a call");

  const last = failures.findLast((e) => e.subtask === "one");
  const one = fault.failure === undefined;
  if (fault.failure !== undefined) {
    equal((last?.["failure"] as { code: string } | undefined)?.code, fault.failure.code, JSON.stringify(last));
    match(JSON.stringify(last?.["failure"]), fault.failure.words);
    equal((last?.["result"] ?? null) !== null, fault.partial ?? false, "what was done is kept");
  }
  if (fault.requests !== undefined) equal(requests.filter((r) => r.facts.subtask === "one").length, fault.requests);
  const two = one || fault.both !== true;
  deepEqual(files, {
    "bystander.txt": BYSTANDER,
    ...(one ? { "one.md": CONTENT } : {}),
    ...(two ? { "two.md": CONTENT } : {}),
  });
  equal(worktrees, 1, "no worktree is left");
  equal(status, "", "the tree is clean");
  ok(!/\bat .*:\d+:\d+/u.test(outcome.stderr), `no stack trace:\n${outcome.stderr}`);
}

function writesIn({ body }: RecordedRequest): readonly unknown[] {
  return (body?.messages ?? []).flatMap(({ content }) =>
    blocksOf(content).flatMap((block) => {
      if (block.type !== "tool_use" || block["name"] !== "write") return [];
      const input = block["input"] as { content?: unknown; file_path?: unknown };
      // The rows about wrong arguments leave the content out, or make it a number, on purpose.
      return typeof input.content === "string" ? [input.content] : [];
    }),
  );
}
