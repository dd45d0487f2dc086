import { rm } from "node:fs/promises";
import { toFailure, type Failure } from "../../core/failure";
import { isInterrupted } from "../../core/state/subtask-state";
import { hash } from "../../core/hash";
import { ownTurnPath } from "../log/places";
import type { AttemptHost } from "./attempt";
import { requireOurs } from "./resumption";
import { openTurnLog, type TurnLog } from "./turn-log";

/** A piece of work for the run as a whole, of which there is one at a time. */
export interface OwnWork {
  /** Who does it, as files name it. */
  readonly part: string;
  /** What it is about: a record of anything else is not gone on with. */
  readonly about: string;
}

/**
 * The record of an agent that works on the run as a whole; one that is there is of work that was cut short, see
 * {@link closeOwnTurns}. What cannot be gone on with is put away, and Braid's own log says why.
 */
export async function openOwnTurns(host: AttemptHost, work: OwnWork): Promise<TurnLog> {
  const { ports } = host;
  const { id } = host.state();
  const path = ownTurnPath(ports.repo, id, work.part);
  const about = hash(work.about);
  const mayWrite = requireOurs(ports, id, host.isOurs);
  try {
    const turns = await openTurnLog(path, { mayWrite });
    if (turns.now("about", () => about) === about) return turns;
  } catch (error) {
    ports.log(`${id}: the ${work.part} starts anew: ${toFailure(error).message}`);
  }
  await rm(path, { force: true });
  const turns = await openTurnLog(path, { mayWrite });
  turns.now("about", () => about);
  return turns;
}

/** Puts the record away unless the work was cut short: who asks again then wants another answer. Never rejects. */
export async function closeOwnTurns(host: AttemptHost, part: string, failed: Failure | undefined): Promise<void> {
  if (failed !== undefined && isInterrupted({ failure: failed })) return;
  if (!(await host.isOurs())) return;
  await rm(ownTurnPath(host.ports.repo, host.state().id, part), { force: true }).catch((error: unknown) =>
    host.ports.log(`${host.state().id}: ${toFailure(error).message}`),
  );
}
