import { equal, ok } from "node:assert/strict";
import type { RecordedEvent, RunEvent } from "../../../src/core/state/events";
import { BraidError, type FailureCode } from "../../../src/core/failure";
import { Journal } from "../../../src/run/log/journal";
import { begun, checked, finished, planOf, rejected, started, turned } from "../../support/builders";

/** Events of several kinds, with text that is hard to write down. */
export const EVENTS: readonly RunEvent[] = [
  ...begun(planOf("a", { id: "b", description: 'Quotes " and\nlines, 日本, \ud83d\ude00, \ud800 alone' })),
  started("a"),
  turned("a"),
  checked("a", "npm test", true),
  finished("a", "x.ts"),
  rejected("a", "no"),
];

/** Opens a journal whose clock goes a second on with each write. */
export function openJournal(path: string): ReturnType<typeof Journal.open> {
  let now = 0;
  return Journal.open(path, () => (now += 1000));
}

/** What a journal that is opened again starts from. */
export async function reopened(path: string): Promise<readonly RecordedEvent[]> {
  const { journal, events } = await openJournal(path);
  await journal.close();
  return events;
}

/** A closed journal of {@link EVENTS}. */
export async function written(path: string): Promise<readonly RecordedEvent[]> {
  const { journal } = await openJournal(path);
  const recorded: RecordedEvent[] = [];
  for (const event of EVENTS) recorded.push(await journal.append(event));
  await journal.close();
  return recorded;
}

/** For `rejects`: a BraidError with this code. */
export function failsWith(code: FailureCode): (error: unknown) => true {
  return (error) => {
    ok(error instanceof BraidError, String(error));
    equal(error.failure.code, code, error.failure.message);
    return true;
  };
}
