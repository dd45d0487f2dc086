import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../../workbench/root";
import { cpuSeconds, treeMemory } from "./process-cost";

/** What a user would pick instead: a package, the program in it, and how it is told where the model is. */
export interface Peer {
  readonly name: string;
  readonly package: string;
  /** Below the node_modules it is installed into, for Linux on x64. */
  readonly program: string;
  args(url: string): readonly string[];
  /** Its exit code when the work is done, where that is not 0. */
  readonly doneCode?: number;
  env(url: string): Readonly<Record<string, string>>;
  /** What its home holds before it starts, by path. */
  files?(url: string): Readonly<Record<string, unknown>>;
}

const GOAL = "PARTS: all. Hand the parts out and have them worked on side by side.";

/** Each with its own sub-agents, none with worktrees. */
export const PEERS: readonly Peer[] = [
  {
    name: "Claude Code",
    package: "@anthropic-ai/claude-code",
    program: "@anthropic-ai/claude-code-linux-x64/claude",
    args: () => ["-p", GOAL, "--dangerously-skip-permissions"],
    env: (url) => ({
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: "bench",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      IS_SANDBOX: "1",
    }),
  },
  {
    name: "codex",
    package: "@openai/codex",
    program: "@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex",
    // A model it does not know gets plain tools, and not one language of its own for all of them.
    args: (url) => [
      "exec",
      "--skip-git-repo-check",
      "--dangerously-bypass-approvals-and-sandbox",
      "--model=bench",
      "--config=model_provider=bench",
      "--config=features.multi_agent=true",
      "--config=agents.max_threads=8",
      `--config=model_providers.bench={name="bench",base_url="${url}/v1",wire_api="responses",env_key="BENCH_KEY"}`,
      GOAL,
    ],
    env: () => ({ BENCH_KEY: "bench" }),
  },
  {
    name: "cline",
    package: "cline",
    program: "@cline/cli-linux-x64/bin/cline",
    // Without `--yolo`, which takes its sub-agents from it: tools are approved as they are.
    args: () => [GOAL],
    // In its own process, and not in one that stays when it has ended.
    env: () => ({
      CLINE_SESSION_BACKEND_MODE: "local",
      CLINE_NO_AUTO_UPDATE: "1",
      CLINE_DISABLE_CLINE_PASS_NOTICE: "1",
    }),
    // The command that would write this takes an address for OpenAI's API alone, the file for any.
    files: (url) => ({
      ".cline/data/settings/providers.json": {
        version: 1,
        lastUsedProvider: "anthropic",
        providers: {
          anthropic: {
            settings: { provider: "anthropic", apiKey: "bench", model: "claude-sonnet-4-6", baseUrl: `${url}/v1` },
            updatedAt: new Date().toISOString(),
            tokenSource: "manual",
          },
        },
      },
      ".cline/data/settings/global-settings.json": { telemetryOptOut: true },
    }),
  },
  {
    name: "opencode",
    package: "opencode-ai",
    program: "opencode-linux-x64/bin/opencode",
    args: () => ["run", GOAL],
    env: (url) => ({
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_CONFIG_CONTENT: JSON.stringify({
        provider: { anthropic: { options: { baseURL: `${url}/v1`, apiKey: "bench" } } },
        model: "anthropic/claude-sonnet-4-5",
        permission: { "*": "allow" },
        // What it takes for undoing, of every step; it doubles the time.
        snapshot: false,
      }),
    }),
  },
];

/** Braid itself, planning included, as a peer is. */
export const BRAID: Peer = {
  name: "Braid",
  package: "",
  program: process.execPath,
  args: () => [
    join(ROOT, "dist/cli.mjs"),
    "run",
    "--goal",
    GOAL,
    "--yes",
    "--concurrency",
    "8",
    "--accept",
    "none",
    "--json",
  ],
  // The results wait for review.
  doneCode: 3,
  env: (url) => ({ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "bench" }),
};

const CACHE = join(ROOT, ".bench-cache");

/** The program of a peer, installed into a cache git ignores; undefined where it cannot be had. `install` false takes it only from there. */
export function programOf(peer: Peer, install: boolean): string | undefined {
  if (peer.package === "") return peer.program;
  const program = join(folderOf(peer), "node_modules", peer.program);
  if (!existsSync(program) && install) {
    mkdirSync(folderOf(peer), { recursive: true });
    writeFileSync(join(folderOf(peer), "package.json"), '{ "private": true }\n');
    try {
      const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", peer.package];
      execFileSync("npm", args, { cwd: folderOf(peer), stdio: "ignore", timeout: 300_000 });
    } catch {
      return undefined;
    }
  }
  return existsSync(program) ? program : undefined;
}

/** Each has a folder of its own: npm takes from one what an earlier installation left there. */
function folderOf(peer: Peer): string {
  return join(CACHE, peer.package);
}

/** Its version as its package tells. */
export function versionOf(peer: Peer): string {
  const folder = peer.package === "" ? ROOT : join(folderOf(peer), "node_modules", peer.package);
  return String(Object(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).version);
}

/** What one run of a peer took. */
export interface PeerCost {
  readonly wallMs: number;
  /** Of it and all it started, once they have ended. */
  readonly cpuSeconds: number;
  readonly peakMB: number;
  readonly ok: boolean;
}

/** Runs a peer once in `dir`, with a home of its own, which may be as an earlier run left it. */
export async function runPeer(
  peer: Peer,
  program: string,
  where: { readonly dir: string; readonly home: string; readonly url: string },
): Promise<PeerCost> {
  for (const [path, content] of Object.entries(peer.files?.(where.url) ?? {})) {
    mkdirSync(dirname(join(where.home, path)), { recursive: true });
    writeFileSync(join(where.home, path), JSON.stringify(content));
  }
  const [before, began] = [cpuSeconds() ?? 0, performance.now()];
  const own = process.cpuUsage();
  const child = spawn(program, peer.args(where.url), {
    cwd: where.dir,
    stdio: "ignore",
    timeout: 180_000,
    env: { PATH: process.env["PATH"] ?? "", HOME: where.home, ...peer.env(where.url) },
  });
  let peakMB = 0;
  const look = setInterval(() => (peakMB = Math.max(peakMB, treeMemory(child.pid ?? 0))), 100);
  const [code]: unknown[] = await once(child, "exit");
  clearInterval(look);
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(own);
  return {
    wallMs,
    cpuSeconds: (cpuSeconds() ?? 0) - before - (user + system) / 1e6,
    peakMB,
    ok: code === (peer.doneCode ?? 0),
  };
}
