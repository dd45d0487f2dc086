import { deepEqual, equal } from "node:assert/strict";
import { hindrancesOf } from "../../../src/core/plan/schedule";
import type { RecordedEvent, RunEvent } from "../../../src/core/state/events";
import { foldAll } from "../../../src/core/state/fold";
import { timeLeftOf } from "../../../src/core/time-left";
import { msLeft, timeLeftText } from "../../../src/core/time-left-text";
import {
  answered,
  asked,
  created,
  failedWith,
  finished,
  planOf,
  proposed,
  rejected,
  retried,
  started,
  turned,
  type Sketch,
} from "../../support/builders";

const of = (id: string, minutes: number | null, ...dependencies: readonly string[]): Sketch => ({
  id,
  dependencies,
  ...(minutes === null ? {} : { estimated_time: `${minutes}min` }),
});

interface Story {
  readonly plan: readonly Sketch[];
  readonly workers?: number;
  /** Minutes the gate knew. */
  readonly gate?: Readonly<Record<string, number>>;
  /** What happened after the approval, at these minutes. */
  readonly events?: readonly (readonly [number, RunEvent])[];
}

function leftAfter({ plan: sketches, workers = 4, gate = {}, events: happened = [] }: Story) {
  const plan = planOf(...sketches);
  const estimates = Object.entries(gate).map(([id, minutes]) => ({ id, ms: minutes * 60_000 }));
  const events: readonly (readonly [number, RunEvent])[] = [
    [0, created(workers)],
    [0, proposed(plan)],
    [0, { type: "plan.approved", plan, skipped: [], estimates }],
    ...happened,
  ];
  const state = foldAll(
    events.map(([minute, event], i): RecordedEvent => ({ seq: i + 1, at: 1_000_000 + minute * 60_000, event })),
  );
  return timeLeftOf(state, hindrancesOf(state));
}

const minutesLeft = (story: Story): number | null => {
  const left = leftAfter(story);
  return left === null ? null : Math.round(left.ms / 6_000) / 10;
};

describe("how long a run's workers will probably take", () => {
  const table: readonly (readonly [string, Story, number | null])[] = [
    ["what the plan says, side by side", { plan: [of("a", 20), of("b", 30)] }, 30],
    ["one worker, one after the other", { plan: [of("a", 20), of("b", 30)], workers: 1 }, 50],
    ["what the gate knew goes before the plan", { plan: [of("a", 20)], gate: { a: 5 } }, 5],
    ["what the gate knew where the plan says nothing", { plan: [of("a", null)], gate: { a: 7 } }, 7],
    ["unknown where nobody said anything", { plan: [of("a", 20), of("b", null)] }, null],
    [
      "less what the worker has done",
      {
        plan: [of("a", 20)],
        events: [
          [0, started("a")],
          [5, turned("a")],
        ],
      },
      15,
    ],
    [
      "corrected by what was finished in half the time",
      {
        plan: [of("a", 20), of("b", 40, "a")],
        events: [
          [0, started("a")],
          [10, finished("a")],
        ],
      },
      20,
    ],
    [
      "the mean of its role where there is no estimate",
      {
        plan: [of("a", null), { ...of("r", null), agent: "researcher" }, of("b", null, "a", "r")],
        events: [
          [0, started("a")],
          [0, started("r")],
          [4, finished("a")],
          [30, finished("r")],
        ],
      },
      4,
    ],
    [
      "the mean of all where its role has none",
      {
        plan: [of("a", null), { ...of("r", null, "a"), agent: "researcher" }],
        events: [
          [0, started("a")],
          [6, finished("a")],
        ],
      },
      6,
    ],
    [
      "a retry is part of what one takes",
      {
        plan: [of("a", 10), of("b", 10, "a")],
        events: [
          [0, started("a")],
          [10, failedWith("a", "limit.turns")],
          [10, retried("a")],
          [10, started("a", 2)],
          [20, finished("a")],
        ],
      },
      20,
    ],
    [
      "a second attempt begins from nothing",
      {
        plan: [of("a", 10)],
        events: [
          [0, started("a")],
          [8, failedWith("a", "limit.turns")],
          [8, retried("a")],
          [8, started("a", 2)],
          [9, turned("a")],
        ],
      },
      9,
    ],
    [
      "who takes longer than was thought needs a quarter more",
      {
        plan: [of("a", 10)],
        events: [
          [0, started("a")],
          [40, turned("a")],
        ],
      },
      10,
    ],
    [
      "waiting for an answer is no work",
      {
        plan: [of("a", 20)],
        events: [
          [0, started("a")],
          [5, asked(1, "a")],
          [60, answered(1, "yes")],
        ],
      },
      15,
    ],
    [
      "what nobody will start does not count",
      {
        plan: [of("a", 10), of("b", 10), of("c", 60, "a")],
        events: [
          [0, started("a")],
          [0, started("b")],
          [5, failedWith("a", "limit.turns")],
        ],
      },
      5,
    ],
    [
      "who has a place keeps it",
      {
        plan: [of("short", 10), of("long", 50), of("mid", 30)],
        workers: 2,
        events: [
          [0, started("short")],
          [0, started("mid")],
          [0, turned("mid")],
        ],
      },
      60,
    ],
    [
      "nothing before the end",
      {
        plan: [of("a", 10)],
        events: [
          [0, started("a")],
          [5, finished("a")],
        ],
      },
      null,
    ],
    ["nothing while it is paused", { plan: [of("a", 10)], events: [[0, { type: "run.paused" }]] }, null],
    [
      "nothing once it is cancelled",
      {
        plan: [of("a", 10)],
        events: [
          [0, started("a")],
          [1, { type: "run.cancelled" }],
        ],
      },
      null,
    ],
    [
      "nothing of what is rejected beneath",
      {
        plan: [of("a", 10), of("b", 10, "a")],
        events: [
          [0, started("a")],
          [5, finished("a", "a.ts")],
          [6, rejected("a")],
        ],
      },
      null,
    ],
  ];
  for (const [what, story, expected] of table) it(what, () => equal(minutesLeft(story), expected));

  it("says that it waits for a word", () => {
    const left = leftAfter({
      plan: [of("a", 20)],
      events: [
        [0, started("a")],
        [5, asked(1, "a")],
      ],
    });
    deepEqual([left?.waits, left?.at], [true, 1_300_000]);
  });

  it("no number of subtasks makes it slow", () => {
    const plan = Array.from({ length: 1000 }, (_, i) => of(`s${i}`, 10, ...(i < 20 ? [] : [`s${i - 20}`])));
    equal(minutesLeft({ plan }), 2500);
  });
});

describe("the time left in words", () => {
  const at = 1_000_000;
  const table: readonly (readonly [number, boolean, number, string | null])[] = [
    [240_000, false, 0, "about 4 min left"],
    [240_000, false, 60_000, "about 3 min left"],
    [240_000, false, 200_000, "less than a minute left"],
    [240_000, false, 900_000, "less than a minute left"],
    [240_000, true, 900_000, "about 4 min left once you have answered"],
    [7_500_000, false, 0, "about 2 h 5 min left"],
    // A run that is not heard of may be dead; one that waits for an answer may wait for days.
    [2_400_000, false, 1_190_000, "about 20 min left"],
    [2_400_000, false, 1_210_000, null],
    [2_400_000, true, 90_000_000, "about 40 min left once you have answered"],
    // A clock that was set back makes it no longer.
    [240_000, false, -900_000, "about 4 min left"],
  ];
  for (const [ms, waits, passed, expected] of table)
    it(`${ms / 1000} s, ${passed / 1000} s later${waits ? ", waiting" : ""}`, () =>
      equal(timeLeftText({ ms, at, waits }, at + passed), expected));

  it("never falls below nothing", () => equal(msLeft({ ms: 5, at, waits: false }, at + 10), 0));
});
