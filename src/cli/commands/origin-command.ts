import { relative, resolve, sep } from "node:path";
import { writeOrigin } from "../../core/review/origin";
import { openRepository } from "../../git/repository";
import { findOrigin } from "../../run/accept/origin";
import type { Command } from "../command";
import { EXIT } from "../exit";
import type { Terminal } from "../terminal";

/** `braid origin FILE:LINE`: the commit, run, subtask and tool call a line comes from. Reads only. */
export async function runOrigin(command: Extract<Command, { name: "origin" }>, terminal: Terminal): Promise<number> {
  const repo = await openRepository(terminal.cwd);
  const path = relative(repo.dir, resolve(terminal.cwd, command.file)).split(sep).join("/");
  const origin = await findOrigin(repo, { path, line: command.line });
  terminal.out(command.json ? JSON.stringify(origin) : writeOrigin(origin).trimEnd());
  return EXIT.done;
}
