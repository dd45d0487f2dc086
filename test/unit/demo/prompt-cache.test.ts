import assert from "node:assert/strict";
import { countTokens, createPromptCache } from "../../../src/demo/prompt-cache";
import { MessagesRequest } from "../../../src/demo/request";

const LONG = "word ".repeat(2000);
const mark = { cache_control: { type: "ephemeral" } };
const request = (fields: object) => MessagesRequest.parse({ model: "m", max_tokens: 1, ...fields });
const user = (text: string, more: object = {}) => ({ role: "user", content: [{ type: "text", text, ...more }] });
const system = (text: string) => [{ type: "text", text, ...mark }];

describe("the demo model's prompt cache", () => {
  it("writes a marked prefix once and reads it from then on", () => {
    const measure = createPromptCache();
    const first = measure(request({ system: system(LONG), messages: [user("a")] }));
    assert.ok(first.cacheWrite > 2000 && first.cacheRead === 0 && first.input > 0);
    first.commit();
    const second = measure(request({ system: system(LONG), messages: [user("something else")] }));
    assert.deepEqual([second.cacheWrite, second.cacheRead], [0, first.cacheWrite]);
  });

  it("grows with the conversation when the mark moves on", () => {
    const measure = createPromptCache();
    const first = measure(request({ messages: [user(LONG, mark)] }));
    first.commit();
    const reply = { role: "assistant", content: "ok" };
    const second = measure(request({ messages: [user(LONG), reply, user(LONG, mark)] }));
    assert.equal(second.cacheRead, first.cacheWrite);
    assert.ok(second.cacheWrite > 2000);
    assert.equal(second.input, 0);
  });

  const misses: readonly (readonly [name: string, second: object])[] = [
    ["another system prompt", { system: system(`${LONG}!`), messages: [user("a")] }],
    ["another model", { model: "other", system: system(LONG), messages: [user("a")] }],
    ["a tool before it", { tools: [{ name: "t" }], system: system(LONG), messages: [user("a")] }],
    ["no mark", { system: LONG, messages: [user("a")] }],
  ];
  for (const [name, second] of misses)
    it(`reads nothing with ${name}`, () => {
      const measure = createPromptCache();
      measure(request({ system: system(LONG), messages: [user("a")] })).commit();
      assert.equal(measure(request(second)).cacheRead, 0);
    });

  it("does not read what no reply has begun to confirm", () => {
    const measure = createPromptCache();
    const same = request({ system: system(LONG), messages: [user("a")] });
    measure(same);
    assert.equal(measure(same).cacheRead, 0);
  });

  it("does not cache short prefixes", () => {
    const measure = createPromptCache();
    const short = request({ system: system("short"), messages: [user("a")] });
    measure(short).commit();
    const { input, cacheRead, cacheWrite } = measure(short);
    assert.deepEqual([cacheRead, cacheWrite], [0, 0]);
    assert.ok(input > 0);
  });

  it("looks back 20 blocks for an older entry and no further", () => {
    const readAfter = (blocks: number) => {
      const measure = createPromptCache();
      measure(request({ messages: [user(LONG, mark)] })).commit();
      const more = Array.from({ length: blocks }, (_, i) => ({ type: "text", text: `b${i}` }));
      const content = [{ type: "text", text: LONG }, ...more.slice(0, -1), { type: "text", text: "end", ...mark }];
      return measure(request({ messages: [{ role: "user", content }] })).cacheRead;
    };
    assert.ok(readAfter(20) > 0);
    assert.equal(readAfter(21), 0);
  });

  it("counts about four bytes a token", () => {
    assert.deepEqual(["", "a", "abcd", "abcde", "ééé"].map(countTokens), [0, 1, 1, 2, 2]);
  });
});
