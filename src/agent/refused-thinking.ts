import type { Failure } from "../core/failure";
import type { Message, Model } from "../model/model";
import { isThinking } from "./compaction";

/**
 * A model that is asked once more without the thinking so far where it refuses that. A newer Braid that goes on with a conversation says
 * something else at its beginning (a role's words, a tool), and newer models take their signed thinking only behind what stood before it
 * when they thought (platform.claude.com/docs/en/build-with-claude/thinking). What is left out once stays out, as what is thought from
 * then on is thought without it.
 */
export function withoutRefusedThinking(model: Model): Model {
  /** Messages from the beginning of which the thinking is left out. */
  let bare = 0;
  return {
    async respond(request, options) {
      const { messages } = request;
      const ask = () => model.respond({ ...request, messages: withoutThinking(messages, bare) }, options);
      const reply = await ask();
      const isRefused = reply.kind === "failed" && isOfThinking(reply.failure);
      if (!isRefused || !messages.slice(bare).some(({ content }) => content.some(isThinking))) return reply;
      bare = messages.length;
      const again = await ask();
      const calls = [...(reply.calls ?? []), ...(again.calls ?? [])];
      return calls.length === 0 ? again : { ...again, calls };
    },
  };
}

/** The API's words: "Invalid `signature` in `thinking` block. The block is bound to a different conversation." */
function isOfThinking({ code, message }: Failure): boolean {
  return code === "model.request" && /invalid\W+signature\W+in\W+(?:redacted_)?thinking/iu.test(message);
}

function withoutThinking(messages: readonly Message[], bare: number): readonly Message[] {
  if (bare === 0) return messages;
  return messages.flatMap((message, at): readonly Message[] => {
    if (at >= bare || !message.content.some(isThinking)) return [message];
    const content = message.content.filter((block) => !isThinking(block));
    return content.length === 0 ? [] : [{ role: message.role, content }];
  });
}
