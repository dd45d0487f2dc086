import { resolve } from "node:path";
import { checkGoal, type RunStart } from "../run/beginning";
import { readGivenImages } from "../run/attempt/images";
import type { RunPorts } from "../run/ports";
import type { Terminal } from "./terminal";

/** The images given with a goal; the goal and they are looked at before anything is spent. Throws `goal.*`. */
export async function handedOver(
  ports: RunPorts,
  words: { readonly goal: string | undefined; readonly images?: readonly string[] },
  terminal: Terminal,
): Promise<Pick<RunStart, "attached">> {
  const attached = await readGivenImages((words.images ?? []).map((file) => resolve(terminal.cwd, file)));
  if (words.goal !== undefined) await checkGoal(ports.repo, words.goal, attached);
  return attached.length === 0 ? {} : { attached };
}
