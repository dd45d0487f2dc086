import { toRunView } from "../core/state/view";
import type { Repository } from "../git/repository";
import { followRun } from "../run/log/follow";
import { printEvent } from "./drive";
import { EXIT } from "./exit";
import { nextSteps } from "./next-steps";
import { describeOwner, withoutOwner } from "./owner-text";
import type { Terminal } from "./terminal";
import { describeRun } from "./text";

/** Prints what happens in a run until its owner is gone, or Ctrl+C. */
export async function followStatus(
  repo: Repository,
  id: string | undefined,
  json: boolean,
  terminal: Terminal,
): Promise<number> {
  const stop = new AbortController();
  const forget = terminal.onInterrupt(() => stop.abort());
  try {
    if (id === undefined) return EXIT.done;
    for await (const { state, events, owner } of followRun(repo, id, stop.signal)) {
      const view = toRunView(state);
      for (const recorded of events) printEvent(recorded, { view, json, terminal });
      if (owner !== null) continue;
      if (!json)
        terminal.out(
          `\n${[describeRun(withoutOwner(view), Date.now()), describeOwner(view, null), ...nextSteps(view, false)].filter(Boolean).join("\n")}`,
        );
      return EXIT.done;
    }
    return EXIT.cancelled;
  } finally {
    forget();
  }
}
