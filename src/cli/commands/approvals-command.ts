import { shownCommand } from "../../core/approval";
import { BraidError, failure } from "../../core/failure";
import { openRepository } from "../../git/repository";
import { forget, listRemembered, type RememberedApproval } from "../../run/steering/remembered";
import { EXIT } from "../exit";
import type { Terminal } from "../terminal";
import type { UpkeepCommand } from "../upkeep-arguments";

/** `braid approvals [--forget KEY]… [--forget-all] [--json]`: what was allowed for this repository. Throws `run.state` for a key there is not. */
export async function runApprovals(
  command: Extract<UpkeepCommand, { name: "approvals" }>,
  terminal: Terminal,
): Promise<number> {
  const repo = await openRepository(terminal.cwd);
  const all = await listRemembered(repo);
  const keys = command.forget === "all" ? all.map(({ key }) => key) : command.forget;
  const unknown = keys.find((key) => !all.some((one) => one.key === key));
  if (unknown !== undefined)
    throw new BraidError(
      failure("run.state", `Nothing with the key "${unknown}" was allowed for this repository.`, {
        hint: "See the keys with `braid approvals`.",
      }),
    );
  if (keys.length > 0) await forget(repo, keys);
  const left = all.filter(({ key }) => !keys.includes(key));
  if (command.json) {
    terminal.out(JSON.stringify({ approvals: left, forgotten: keys }));
    return EXIT.done;
  }
  if (keys.length > 0) terminal.out(`Forgotten: ${keys.join(", ")}. It is asked for again.`);
  if (left.length === 0) terminal.out("Nothing is allowed for this repository once and for all.");
  for (const one of left) terminal.out(linesOf(one));
  return EXIT.done;
}

function linesOf({ key, at, commands }: RememberedApproval): string {
  const lines = commands.flatMap((command) => shownCommand(command).split("\n"));
  return [`${key}, allowed ${new Date(at).toISOString().slice(0, 10)}`, ...lines.map((line) => `    ${line}`)].join(
    "\n",
  );
}
