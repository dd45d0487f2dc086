import { equal, ok } from "node:assert/strict";
import pLimit from "p-limit";
import { random } from "../support/random";
import { surviveKills, type Moment, type Survived } from "./killed-run";

/** Command lines at the same time. */
const AT_ONCE = 2;
const SIZE = process.env["BRAID_TEST_SIZE"];
const RANDOM_BY_SIZE = SIZE === "more" ? 200 : 8;
const FULL = SIZE === "full";
/** In `npm test`, in `npm run test:faults`, and in `npm run test:long`. */
const RANDOM_KILLS = FULL ? 2_000 : RANDOM_BY_SIZE;
/** In `npm test` a kill at every third event and answer. */
const STRIDE = SIZE === undefined ? 3 : 1;
const EACH = STRIDE === 1 ? "each" : "every third";
/** Another number, other moments: `BRAID_TEST_SEED=7 npm run test:faults`. */
const SEED = Number(process.env["BRAID_TEST_SEED"] ?? 1);
/** One kill in so many is followed by one of the recovery from it. */
const RECOVERY_KILLS = 3;
/** So many events of its own, at most, has a process written when its recovery is killed. */
const RECOVERY_EVENTS = 6;

describe("F25, F27, F33 a run of the command line that is killed (SIGKILL), its recovery too, and resumed (I1–I5, I7, I8)", function () {
  this.timeout(FULL ? 6 * 3_600_000 : 3_600_000);
  const limit = pLimit(AT_ONCE);
  const next = random(SEED);
  let undisturbed: Survived;
  before(async () => {
    undisturbed = await surviveKills([]);
  });

  async function all(cases: readonly (readonly Moment[])[]): Promise<void> {
    const outcomes = await Promise.all(
      cases.map((moments) =>
        limit(async () => {
          const label = JSON.stringify(moments);
          const { tree } = await surviveKills(moments).catch((error: unknown) => {
            throw new Error(`killed at ${label} (seed ${SEED}): ${String(error)}`, { cause: error });
          });
          equal(tree, undisturbed.tree, label);
        }).then(
          () => [],
          (error: unknown) => [String(error)],
        ),
      ),
    );
    const failures = outcomes.flat();
    ok(failures.length === 0, `${failures.length} of ${cases.length}:\n${failures.slice(0, 5).join("\n")}`);
  }
  /** Anywhere between two events; by the clock alone a busy machine would be killed before it begins. */
  const anywhere = (events = undisturbed.events): Moment => ({
    events: next(events),
    ms: next(Math.ceil((undisturbed.ms / undisturbed.events) * 2)),
  });
  /** Recovery is what a process does first: before an event of its own, and with the first few. */
  const later = (i: number): readonly Moment[] => (i % RECOVERY_KILLS === 0 ? [anywhere(RECOVERY_EVENTS)] : []);

  /** 1, 2, 3 … up to `most`, or every few of them. */
  const upTo = (most: number) =>
    Array.from({ length: most }, (_, i) => i + 1).filter((n) => n % STRIDE === SEED % STRIDE);

  it(`as ${EACH} event of its log is written: every invariant holds, and the tree is the same`, () =>
    all(upTo(undisturbed.events).map((events, i) => [{ events, ms: 0 }, ...later(i)])));

  it(`as ${EACH} answer of the model is on disk: none is asked for again`, () =>
    all(upTo(undisturbed.answers).map((answers) => [{ answers }])));

  it(`at ${RANDOM_KILLS} moments at random: every invariant holds, and the tree is the same`, () =>
    all(Array.from({ length: RANDOM_KILLS }, (_, i) => [anywhere(), ...later(i)])));
});
