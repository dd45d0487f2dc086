import assert from "node:assert/strict";
import { keepFacts } from "../../../src/git/known";

const REPO = { dir: "/r", commonDir: "/r/.git" };
const A = "a".repeat(40);
const B = "b".repeat(64);

describe("facts about objects", () => {
  it("are asked for once, together or one after the other", async () => {
    const { ask, asked } = asking();
    assert.deepEqual(await Promise.all([ask(REPO, [A, B]), ask(REPO, [A, B])]), ["1", "1"]);
    assert.equal(await ask(REPO, [A, B]), "1");
    assert.equal(asked(), 1);
  });

  it("belong to their repository and to the order of the objects", async () => {
    const { ask, asked } = asking();
    await ask(REPO, [A, B]);
    await ask(REPO, [B, A]);
    await ask({ dir: "/s", commonDir: "/s/.git" }, [A, B]);
    assert.equal(asked(), 3);
  });

  for (const name of ["HEAD", "refs/heads/main", "a".repeat(39), `${A}^`, `${A}\n`])
    it(`are asked for each time where ${JSON.stringify(name)} can come to mean something else`, async () => {
      const { ask, asked } = asking();
      await ask(REPO, [A, name]);
      await ask(REPO, [A, name]);
      assert.equal(asked(), 2);
    });

  it("are not kept where git failed", async () => {
    const facts = keepFacts<string>();
    await assert.rejects(facts(REPO, [A], () => Promise.reject(new Error("git failed"))));
    assert.equal(await facts(REPO, [A], () => Promise.resolve("7")), "7");
  });

  it("are not kept where they are very long", async () => {
    const { ask, asked } = asking("x".repeat(65_536));
    await ask(REPO, [A]);
    await ask(REPO, [A]);
    assert.equal(asked(), 2);
  });

  it("are forgotten rather than piled up", async () => {
    const { ask, asked } = asking();
    for (let i = 0; i < 501; i += 1) await ask(REPO, [i.toString(16).padStart(40, "0")]);
    await ask(REPO, ["0".repeat(40)]);
    assert.equal(asked(), 502);
  });
});

function asking(more = "") {
  const facts = keepFacts<string>();
  let count = 0;
  return {
    asked: () => count,
    ask: (repo: typeof REPO, objects: readonly string[]) =>
      facts(repo, objects, () => {
        count += 1;
        return Promise.resolve(`${count}${more}`);
      }),
  };
}
