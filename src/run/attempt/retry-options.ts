import type { RetryOptions } from "../../core/state/decide";
import { BraidError } from "../../core/failure";
import { leaveOut, type LeftOut } from "../../core/review/left-out";
import { takesOf } from "../../core/review/selection";
import { choicesOf } from "../../core/review/selection-words";
import type { SteeringCommand } from "../steering/inbox-command";
import { readReview } from "../accept/read-review";
import type { Run } from "../run";

/** What a retry says of the next attempt. Throws `selection.invalid` for a file or hunk the last result has not. */
export async function retryOptionsOf(
  run: Run,
  command: Extract<SteeringCommand, { readonly type: "retry" }>,
): Promise<RetryOptions> {
  const { agent, model, without, turnDown = [] } = command;
  return {
    ...(agent === undefined ? {} : { agent }),
    ...(model === undefined ? {} : { model }),
    ...(without === undefined ? {} : { without }),
    ...(turnDown.length === 0
      ? {}
      : { leftOut: await turnedDown(run, command.subtask, turnDown, command.reason ?? "") }),
  };
}

/** What of the last result shall not come again, as files and hunks. */
async function turnedDown(
  run: Run,
  subtask: string,
  words: readonly string[],
  reason: string,
): Promise<readonly LeftOut[]> {
  const { files, base, commit } = await readReview(run.ports.repo, run.state(), subtask);
  const choices = choicesOf(files, { only: [], except: words });
  if ("code" in choices) throw new BraidError(choices);
  const takes = takesOf(files, { base, commit, files: choices });
  if ("code" in takes) throw new BraidError(takes);
  return leaveOut(takes, reason, []);
}
