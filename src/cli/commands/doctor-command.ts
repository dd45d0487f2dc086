import { couldStart } from "../../core/doctor/diagnosis";
import { doctorLines } from "../../core/doctor/doctor-text";
import type { Unhonoured } from "../../core/doctor/judge-tools";
import { toFailure } from "../../core/failure";
import { DEFAULT_BASE_URL } from "../../model/endpoint";
import { examine, toJson, told } from "../../run/doctor/examine";
import type { Command } from "../command";
import { EXIT } from "../exit";
import { pricesOf } from "../prices";
import { proxyFacts } from "../proxy-facts";
import { DEFAULT_CONCURRENCY } from "../run-flags";
import type { Terminal } from "../terminal";

/** `braid doctor [--json]`: looks at everything a run needs. Exits with 1 where no run could start. */
export async function runDoctor(command: Extract<Command, { name: "doctor" }>, terminal: Terminal): Promise<number> {
  const { env } = terminal;
  const baseUrl = env["ANTHROPIC_BASE_URL"] || null;
  const apiKey = env["ANTHROPIC_API_KEY"] || null;
  const hasEndpoint = apiKey !== null || baseUrl !== null;
  const stop = new AbortController();
  const forget = terminal.onInterrupt(() => stop.abort());
  try {
    const examined = await examine(
      {
        dir: terminal.cwd,
        trusted: true,
        endpoint: hasEndpoint ? { apiKey: apiKey ?? "none", ...(baseUrl === null ? {} : { baseUrl }) } : null,
        keyFrom: apiKey === null ? null : "ANTHROPIC_API_KEY",
        baseUrl,
        proxy: proxyFacts(env, baseUrl ?? DEFAULT_BASE_URL),
        concurrency: DEFAULT_CONCURRENCY,
        worktreeDirectory: env["BRAID_WORKTREE_DIRECTORY"],
        unhonoured: await unhonoured(terminal),
        now: Date.now,
      },
      stop.signal,
    );
    const canStart = couldStart(examined);
    if (command.json) terminal.out(JSON.stringify({ canStart, examinations: toJson(told(examined)) }));
    else for (const line of doctorLines(told(examined))) terminal.out(line);
    return canStart ? EXIT.done : EXIT.failed;
  } finally {
    forget();
  }
}

async function unhonoured(terminal: Terminal): Promise<readonly Unhonoured[]> {
  const prices = await pricesOf(terminal).then(() => undefined, toFailure);
  return prices === undefined
    ? []
    : [{ setting: "BRAID_PRICES", why: prices.message, way: prices.hint ?? "Correct it.", fatal: true }];
}
