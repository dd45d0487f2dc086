import { valuesOf } from "../../src/core/state/chunked";
import { deepEqual, ok } from "node:assert/strict";
import { firstContradiction } from "../../src/core/state/log-gap";
import { evolve, foldAll } from "../../src/core/state/fold";
import { initialState, type RunState } from "../../src/core/state/state";
import { readLines, toLine, type JournalContent } from "../../src/run/log/journal-lines";
import { record } from "../support/builders";
import { random } from "../support/random";
import { randomStory } from "../support/random-story";

type Next = (n: number) => number;

const LOGS = 100;
const MUTATIONS_PER_LOG = 60;

/** Ways a file comes to harm. */
const HARM: Readonly<Record<string, (bytes: Buffer, next: Next) => Buffer>> = {
  cut: (bytes, next) => bytes.subarray(0, next(bytes.length)),
  "a bit flipped": (bytes, next) => {
    const at = next(bytes.length);
    return Buffer.from(bytes).fill((bytes[at] ?? 0) ^ (1 << next(8)), at, at + 1);
  },
  "a block of zeros": (bytes, next) => {
    const at = next(bytes.length);
    return Buffer.from(bytes).fill(0, at, Math.min(at + 1 + next(600), bytes.length));
  },
  "a piece twice": (bytes, next) => {
    const [from, to] = [next(bytes.length), next(bytes.length)].toSorted((a, b) => a - b);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  "a line twice": (bytes, next) => {
    const lines = linesOf(bytes);
    return joined(lines.toSpliced(next(lines.length + 1), 0, lines[next(lines.length)] ?? ""));
  },
  "lines out of order": (bytes, next) => {
    const lines = linesOf(bytes);
    const [taken = ""] = lines.splice(next(lines.length), 1);
    return joined(lines.toSpliced(next(lines.length + 1), 0, taken));
  },
  "a line taken out": (bytes, next) => {
    const lines = linesOf(bytes);
    return joined(lines.toSpliced(next(lines.length), 1));
  },
  "a piece taken out": (bytes, next) => {
    const at = next(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + next(900))]);
  },
};

describe(`F34 ${LOGS * MUTATIONS_PER_LOG} journals that came to harm`, function () {
  this.timeout(120_000);
  const total = { whole: 0, told: 0, refused: 0 };
  for (const [i, [what, harm]] of Object.entries(HARM).entries())
    it(`${what}: no throw, nothing that never was, no accept lost in silence`, () => {
      for (let log = i; log < LOGS; log += Object.keys(HARM).length) {
        const next = random(log + 1);
        const story = record(randomStory(next, 60));
        const bytes = Buffer.from(story.map(toLine).join(""));
        const lives = livesOf(story.reduce<readonly RunState[]>((all, e) => [...all, evolve(lastOf(all), e)], []));
        for (let n = 0; n < MUTATIONS_PER_LOG; n += 1) {
          const hurt = harm(bytes, next);
          const read = readLines(hurt);
          const label = `log ${log}, mutation ${n} of "${what}"`;
          // Only what was written, word for word.
          deepEqual(
            read.events,
            read.events.map(({ seq }) => story[seq - 1]),
            label,
          );
          if (isRefused(read)) {
            total.refused += 1;
            continue;
          }
          total[read.damage.length === 0 ? "whole" : "told"] += 1;
          for (const life of livesOf([foldAll(read.events)])) ok(lives.has(life), `${label}: ${life} never was`);
          const lost = story.filter(
            ({ seq, event }) => event.type === "accept.completed" && !read.events.some((e) => e.seq === seq),
          );
          // At the end a lost line looks like one that was never whole; recovery asks git about an accept that has begun.
          const end = read.events.at(-1)?.seq ?? 0;
          for (const { seq } of lost)
            ok(
              seq > end || read.damage.some((d) => d.kind === "missing" && d.from <= seq && seq <= d.to),
              `${label}: ${seq}`,
            );
        }
      }
    });
  after(() => ok(total.refused > 100 && total.told > 100 && total.whole > 100, JSON.stringify(total)));
});

/** What `readJournal` refuses to go on with. */
function isRefused({ events, damage }: JournalContent): boolean {
  const kinds = new Set(damage.map(({ kind }) => kind));
  return (
    kinds.has("newer") ||
    kinds.has("unknown") ||
    kinds.has("contradiction") ||
    (kinds.has("missing") && firstContradiction(events) !== undefined)
  );
}

/** What was done and decided, of each subtask. */
function livesOf(states: readonly RunState[]): ReadonlySet<string> {
  return new Set(
    states.flatMap(({ subtasks }) =>
      valuesOf(subtasks).flatMap(({ subtask, status, attempt, decision }) =>
        status === "finished" || decision.kind === "accepted"
          ? [`${subtask.id} ${attempt} ${status} ${decision.kind}`]
          : [],
      ),
    ),
  );
}

function lastOf(states: readonly RunState[]): RunState {
  return states.at(-1) ?? initialState();
}

function linesOf(bytes: Buffer): string[] {
  return bytes.toString("utf8").trimEnd().split("\n");
}

function joined(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\n`).join(""));
}
