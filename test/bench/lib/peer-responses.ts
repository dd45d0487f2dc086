import * as z from "zod";

/** The parts of a request to OpenAI's Responses API that the scripted model goes by. Source: what codex 0.171 sends. */
export const ResponsesRequest = z.object({
  tools: z.array(z.object({ name: z.string().optional() })).default([]),
  input: z.array(
    z.object({
      type: z.string(),
      role: z.string().optional(),
      content: z.array(z.object({ text: z.string().optional() })).optional(),
      name: z.string().optional(),
      output: z.unknown().optional(),
    }),
  ),
});
export type ResponsesRequest = z.infer<typeof ResponsesRequest>;

type Call = { readonly name: string; readonly namespace?: string; readonly input: unknown };

/** The words of the user, the agent that handed a part out among them; not the tools'. */
export function wordsIn({ input }: ResponsesRequest): string {
  return input
    .filter(({ type, role }) => type === "message" && role === "user")
    .flatMap(({ content = [] }) => content.map(({ text = "" }) => text))
    .join("\n");
}

/** Characters of what is the same in each request: tools, and what the client says before the user does. */
export function promptIn(request: unknown): number {
  const { instructions = "", tools = [], input } = Object(request) as Record<string, unknown>;
  const said = Array.isArray(input) ? input.filter((one) => Object(one).role === "developer") : [];
  return [instructions, tools, said].reduce<number>((sum, one) => sum + JSON.stringify(one).length, 0);
}

/** What the scripted model does next: the one who hands out spawns and awaits; who has a part works with commands, which is all there is. */
export function callsOf({ input }: ResponsesRequest, part: number | null, workers: number): readonly Call[] {
  const calls = input.filter(({ type }) => type === "function_call");
  const did = (name: string) => calls.some((call) => call.name === name);
  if (part === null) {
    const agents = { namespace: "multi_agent_v1" };
    if (!did("spawn_agent"))
      return Array.from({ length: workers }, (_, i) => ({
        name: "spawn_agent",
        ...agents,
        input: { message: `Work on part-${i}.` },
      }));
    if (did("wait_agent")) return [];
    return spawned(input).map((id) => ({
      name: "wait_agent",
      ...agents,
      input: { targets: [id], timeout_ms: 120_000 },
    }));
  }
  const file = `src/part-${part}.ts`;
  const commands = [
    "cat README.md",
    `mkdir -p src && for i in $(seq 20); do echo 'export const line = 1;'; done > ${file}`,
    `sed -i 's/line = 1/line = 2/' ${file}`,
    "grep -rn 'line = 2' src",
  ];
  const cmd = commands[calls.length];
  return cmd === undefined ? [] : [{ name: "exec_command", input: { cmd } }];
}

function spawned(input: ResponsesRequest["input"]): readonly string[] {
  return input.flatMap(({ type, output }) => {
    const text = typeof output === "string" ? output : JSON.stringify(output ?? "");
    const id = /"agent_id"\s*:\s*\\?"([^"\\]+)/u.exec(text)?.[1];
    return type === "function_call_output" && id !== undefined ? [id] : [];
  });
}

/** The events of an answer with these calls, or with a last word. */
export function responseEvents(id: string, calls: readonly Call[]): readonly { readonly type: string }[] {
  const items =
    calls.length === 0
      ? [{ type: "message", id: `${id}_m`, role: "assistant", content: [{ type: "output_text", text: "Done." }] }]
      : calls.map(({ name, namespace, input }, i) => ({
          type: "function_call",
          id: `${id}_f${i}`,
          call_id: `${id}_c${i}`,
          name,
          ...(namespace === undefined ? {} : { namespace }),
          arguments: JSON.stringify(input),
        }));
  const usage = {
    input_tokens: 100,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 50,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 150,
  };
  return [
    { type: "response.created", response: { id } },
    ...items.map((item, output_index) => ({ type: "response.output_item.done", output_index, item })),
    { type: "response.completed", response: { id, usage } },
  ] as readonly { readonly type: string }[];
}
