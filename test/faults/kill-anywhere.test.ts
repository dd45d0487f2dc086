import { equal, ok } from "node:assert/strict";
import { availableParallelism } from "node:os";
import pLimit from "p-limit";
import { random } from "../support/random";
import { surviveKills, type Moment, type Survived } from "./killed-run";

/** Command lines at the same time; one where something else is to be done meanwhile: `BRAID_TEST_AT_ONCE=1`. */
const AT_ONCE = Number(process.env["BRAID_TEST_AT_ONCE"] ?? Math.max(2, availableParallelism()));
const SIZE = process.env["BRAID_TEST_SIZE"];
/** In `npm test`, in `npm run test:faults`, and in `npm run test:long`. */
const RANDOM_KILLS = { more: 200, full: 2_000 }[SIZE ?? ""] ?? 3;
/** Of them in a large repository, where each takes some seconds. */
const LARGE_KILLS = { more: 20, full: 200 }[SIZE ?? ""] ?? 1;
/** Files of a repository in which they come to a worktree as they are asked for. */
const LARGE = 2_100;
/** In `npm test` a kill at every twelfth event and answer, at others with another seed. */
const STRIDE = SIZE === undefined ? 12 : 1;
const EACH = STRIDE === 1 ? "each" : "every twelfth";
/** Part of the random ones, for who has not the time for all: `BRAID_TEST_PART=3/10`. They are the same as in one go. */
const [PART = 1, PARTS = 1] = (process.env["BRAID_TEST_PART"] ?? "1/1").split("/").map(Number);
/** Says how far it is after so many. */
const TELL_EVERY = 20;
/** Another number, other moments: `BRAID_TEST_SEED=7 npm run test:faults`. */
const SEED = Number(process.env["BRAID_TEST_SEED"] ?? 1);
/** One kill in so many is followed by one of the recovery from it. */
const RECOVERY_KILLS = 3;
/** So many events of its own, at most, has a process written when its recovery is killed. */
const RECOVERY_EVENTS = 6;

describe("F25, F27, F33 a run of the command line that is killed (SIGKILL), its recovery too, and resumed (I1–I5, I7, I8)", function () {
  this.timeout(SIZE === "full" ? 12 * 3_600_000 : 3_600_000);
  const limit = pLimit(AT_ONCE);
  const next = random(SEED);
  let undisturbed: Survived;
  before(async () => {
    undisturbed = await surviveKills([]);
  });

  async function all(cases: readonly (readonly Moment[])[], tree = undisturbed.tree, files = 0): Promise<void> {
    const began = performance.now();
    let [done, failed] = [0, 0];
    const tell = (words: string): void => {
      const minutes = ((performance.now() - began) / 60_000).toFixed(1);
      process.stderr.write(`» ${done} of ${cases.length} killed runs in ${minutes} min, ${failed} failed${words}\n`);
    };
    const outcomes = await Promise.all(
      cases.map((moments) =>
        limit(async () => {
          const label = JSON.stringify(moments);
          const survived = await surviveKills(moments, { files }).catch((error: unknown) => {
            throw new Error(`killed at ${label} (seed ${SEED}): ${String(error)}`, { cause: error });
          });
          equal(survived.tree, tree, label);
        })
          .then(
            () => [],
            (error: unknown) => {
              failed += 1;
              // Who waits for hours wants to know at once.
              tell(`:\n${String(error)}`);
              return [String(error)];
            },
          )
          .finally(() => {
            done += 1;
            if (done % TELL_EVERY === 0) tell("");
          }),
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
    all(
      Array.from({ length: RANDOM_KILLS }, (_, i) => [anywhere(), ...later(i)]).filter(
        (_, i) => i % PARTS === PART - 1,
      ),
    ));

  it(`at ${LARGE_KILLS} moments at random where files come as they are asked for: the same`, async () => {
    const { tree } = await surviveKills([], { files: LARGE });
    await all(
      Array.from({ length: LARGE_KILLS }, (_, i) => [anywhere(), ...later(i)]),
      tree,
      LARGE,
    );
  });
});
