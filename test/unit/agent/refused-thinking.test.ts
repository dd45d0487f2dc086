import { deepEqual, equal } from "node:assert/strict";
import { withoutRefusedThinking } from "../../../src/agent/refused-thinking";
import { failure } from "../../../src/core/failure";
import type { Block, Message, Model, ModelRequest } from "../../../src/model/model";
import { REQUEST, messageOf, never } from "../../support/model-request";
import { call, reply, text } from "../../support/scripted-model";

type Conversation = Pick<ModelRequest, "system" | "messages">;

const user = (words: string): Message => ({ role: "user", content: [text(words)] });
const answer = (content: readonly Block[]): Message => ({ role: "assistant", content });
const signed = (before: Conversation): Block => ({
  type: "opaque",
  raw: { type: "thinking", thinking: "Hm.", signature: JSON.stringify([before.system, before.messages]) },
});

/** Thinks before each call, and takes its thinking only behind what stood before it then, as the API does since Opus 5.5. */
function strictModel(): Model & { refused: number; asked: number } {
  const model = {
    refused: 0,
    asked: 0,
    async respond({ system, messages }: ModelRequest) {
      model.asked += 1;
      const at = messages.findIndex(({ content }, i) => {
        const own = JSON.stringify(signed({ system, messages: messages.slice(0, i) }));
        return content.some((block) => block.type === "opaque" && JSON.stringify(block) !== own);
      });
      if (at === -1) return reply("tool_use", signed({ system, messages }), call(`c${messages.length}`, "read"));
      model.refused += 1;
      const said = `messages.${at}.content.0: Invalid \`signature\` in \`thinking\` block. The block is bound to a different conversation.`;
      return {
        kind: "failed" as const,
        failure: failure("model.request", `The API refused the request (HTTP 400): ${said}`),
        transient: false,
      };
    },
  };
  return model;
}

describe("a conversation that is gone on with under other words at its beginning", () => {
  /** Two turns under these words. */
  async function begun(model: Model, system: string): Promise<readonly Message[]> {
    const messages: Message[] = [user("Do it.")];
    for (const words of ["one", "two"]) {
      const { content } = messageOf(await model.respond({ ...REQUEST, system, messages }, { signal: never() }));
      messages.push(answer(content), user(words));
    }
    return messages;
  }

  it("goes on without the thinking so far, and keeps what is thought from then on", async () => {
    const strict = strictModel();
    let messages = await begun(strict, "old");
    equal(strict.refused, 0);
    const model = withoutRefusedThinking(strict);
    for (const words of ["three", "four", "five"]) {
      const { content } = messageOf(await model.respond({ ...REQUEST, system: "new", messages }, { signal: never() }));
      messages = [...messages, answer(content), user(words)];
    }
    deepEqual([strict.refused, strict.asked], [1, 2 + 1 + 3]);
  });

  it("is left alone where nothing in it is refused", async () => {
    const strict = strictModel();
    const model = withoutRefusedThinking(strict);
    await begun(model, "old");
    deepEqual([strict.refused, strict.asked], [0, 2]);
  });

  it("is asked for once more and no oftener, and not for another failure", async () => {
    const check = async (message: string, thinks: boolean, asked: number) => {
      let times = 0;
      const model = withoutRefusedThinking({
        async respond() {
          times += 1;
          return { kind: "failed", failure: failure("model.request", message), transient: false };
        },
      });
      const before = { system: "s", messages: [user("Do it.")] };
      const content = thinks ? [signed(before), call("c", "read")] : [call("c", "read")];
      const messages = [...before.messages, answer(content), user("one")];
      await model.respond({ ...REQUEST, messages }, { signal: never() });
      equal(times, asked, message);
    };
    await check("Invalid `signature` in `thinking` block", true, 2);
    await check("Invalid `signature` in `redacted_thinking` block", true, 2);
    await check("Invalid `signature` in `thinking` block", false, 1);
    await check("max_tokens: too many", true, 1);
  });
});
