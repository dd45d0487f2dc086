import { createHash } from "node:crypto";
import type { Approval, ApprovalAnswer } from "../../core/approval";
import { toFailure } from "../../core/failure";
import type { RecordedEvent, RunEvent } from "../../core/state/events";
import type { RunState } from "../../core/state/state";
import type { Disposable } from "../../util/disposable";
import type { RunPorts } from "../ports";
import { isOwnRun } from "./own-seal";
import { isRemembered, remember } from "./remembered";

/** What asking needs of its run. */
export interface ApprovalHost {
  readonly ports: RunPorts;
  state(): RunState;
  record(event: RunEvent): Promise<void>;
  /** The next answer to a request. Rejects when `signal` aborts. */
  answer(key: string, signal: AbortSignal): Promise<ApprovalAnswer>;
}

/** What this process is asking for now, until whoever asks has an answer or is gone. The log also knows what others have asked. */
const asking = new Map<string, Promise<undefined>>();
/** What was answered while this process had the run; a log alone may have come with an archive. */
const heard = new WeakMap<RunPorts, Set<string>>();
/** How many want to know; when the last of them goes without an answer, nobody is asked any more. */
const waiters = new Map<string, number>();

/** The next answer to a request. Rejects when `signal` aborts. */
export function nextAnswer(
  onDidRecord: (listener: (recorded: RecordedEvent) => void) => Disposable,
  key: string,
  signal: AbortSignal,
): Promise<ApprovalAnswer> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      listening.dispose();
      signal.removeEventListener("abort", aborted);
    };
    const aborted = () => {
      stop();
      reject(toError(signal.reason));
    };
    const listening = onDidRecord(({ event }) => {
      if (event.type !== "approval.answered" || event.key !== key) return;
      stop();
      resolve(event.answer);
    });
    if (signal.aborted) aborted();
    else signal.addEventListener("abort", aborted, { once: true });
  });
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("Cancelled.");
}

/** What is asked for; `content` is whatever else the word is bound to. */
export type ApprovalRequest = Omit<Approval, "key" | "answer"> & { readonly content: readonly string[] };

/**
 * Whether the user allows these commands: their word of before where it still holds, else asked for and waited for.
 * False where nobody can be asked. Rejects only when `signal` aborts or the log cannot be written.
 */
export async function isAllowed(host: ApprovalHost, request: ApprovalRequest, signal: AbortSignal): Promise<boolean> {
  const key = keyOf(request);
  const id = `${host.state().id} ${key}`;
  waiters.set(id, (waiters.get(id) ?? 0) + 1);
  try {
    return await ask(host, { id, key, request, signal });
  } finally {
    const left = (waiters.get(id) ?? 1) - 1;
    if (left > 0) waiters.set(id, left);
    else waiters.delete(id);
    const isOpen = host.state().approvals.some((one) => one.key === key && one.answer === null);
    // A log that cannot be written any more has its own words.
    if (left === 0 && isOpen) await host.record({ type: "approval.withdrawn", key }).catch(() => undefined);
  }
}

async function ask(
  host: ApprovalHost,
  a: { readonly id: string; readonly key: string; readonly request: ApprovalRequest; readonly signal: AbortSignal },
): Promise<boolean> {
  const { id, key, signal } = a;
  const { content: _content, ...asked } = a.request;
  const { repo } = host.ports;
  const isOwn = await isOwnRun(repo, host.state().id);
  for (;;) {
    const known = host.state().approvals.find((one) => one.key === key);
    // Whoever accepts again asks to be asked again; a worker would ask for ever.
    if (known?.answer === "deny" && asked.about !== "hooks") return false;
    if (known?.answer === "run" && (isOwn || heard.get(host.ports)?.has(id) === true)) return true;
    if (known?.answer !== null && (await isRemembered(repo, key))) {
      if (known?.answer !== "repository")
        await host.record({ type: "approval.requested", key, ...asked, remembered: true });
      return true;
    }
    if (host.ports.canApprove?.(asked.about) !== true) return false;
    // It may already be asked for somebody else; then one answer is for both.
    const other = asking.get(id);
    const isMine = other === undefined;
    const done = new AbortController();
    const waiting = host.answer(key, AbortSignal.any([signal, done.signal]));
    waiting.catch(() => undefined);
    const askFor = async (): Promise<ApprovalAnswer> => {
      await host.record({ type: "approval.requested", key, ...asked });
      const answer = await waiting;
      heard.set(host.ports, (heard.get(host.ports) ?? new Set()).add(id));
      // The user has said yes: where that cannot be kept it holds for who asked, and the next one asks again.
      if (answer === "repository")
        await remember(repo, key, { commands: asked.commands, at: host.ports.now() }).catch((error: unknown) =>
          host.ports.log(`what was allowed for this repository is not remembered: ${toFailure(error).message}`),
        );
      return answer;
    };
    let answer: ApprovalAnswer | undefined;
    try {
      answer = isMine ? await asker(id, askFor) : await Promise.race([waiting, other]);
    } finally {
      done.abort();
    }
    // Who asked was stopped before there was an answer; somebody else has to ask.
    if (answer === undefined) continue;
    // "Once" is for whoever asked; the others ask for themselves.
    if (answer !== "once" || isMine) return answer !== "deny";
  }
}

async function asker<T>(id: string, ask: () => Promise<T>): Promise<T> {
  const answer = ask();
  asking.set(
    id,
    answer.then(
      () => undefined,
      () => undefined,
    ),
  );
  try {
    return await answer;
  } finally {
    asking.delete(id);
  }
}

/** Two requests with one key are the same to the last byte. */
export function keyOf({ about, source, commands, content }: ApprovalRequest): string {
  const exact = JSON.stringify([about, about === "setup" ? source : "", commands, content]);
  return createHash("sha256").update(exact).digest("hex").slice(0, 32);
}
