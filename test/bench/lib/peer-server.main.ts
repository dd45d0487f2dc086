/*
 * One scripted model for everybody: the Messages API as each client speaks it, nothing refused, so that Braid and its peers are asked
 * to do the same by the same server. The first agent hands eight parts out in one turn, by whatever tool it has for that; who works
 * on a part reads, writes, edits and searches, and ends. `peer-server.main.mjs WORKERS FIRST_TOKEN_MS`; asked by message, it tells
 * what came in.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { AddressInfo } from "node:net";
import { callsOf, promptIn, ResponsesRequest, responseEvents, wordsIn } from "./peer-responses";

/** What one request was. */
export interface PeerAsked {
  readonly part: number | null;
  readonly whole: number;
  /** System prompt and tools. */
  readonly prompt: number;
  readonly at: number;
}

interface Tool {
  readonly name: string;
  readonly input_schema?: { readonly properties?: Readonly<Record<string, unknown>> };
}
interface Block {
  readonly type?: string;
  readonly text?: string;
  readonly name?: string;
}
interface Asked {
  readonly model?: string;
  readonly stream?: boolean;
  readonly system?: unknown;
  readonly tools?: readonly Tool[];
  readonly messages?: readonly { readonly role: string; readonly content: string | readonly Block[] }[];
}
type Reply = readonly ({ readonly text: string } | { readonly tool: string; readonly input: unknown })[];

const [workers = 8, firstTokenMs = 200] = process.argv.slice(2).map(Number);
let asked: PeerAsked[] = [];
let calls = 0;

const server = createServer((request, response) => void answer(request, response));
server.listen(0, "127.0.0.1", () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on("message", () => {
  process.send?.(asked);
  asked = [];
});
process.on("disconnect", () => process.exit());

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const path = new URL(request.url ?? "/", "http://localhost").pathname;
  if (request.method === "POST" && path.endsWith("/responses")) return answerResponses(text, response);
  if (request.method !== "POST" || !path.endsWith("/messages")) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(
      JSON.stringify(path.endsWith("/count_tokens") ? { input_tokens: 1_000 } : { data: [], has_more: false }),
    );
    return;
  }
  const body: Asked = JSON.parse(text);
  const part = partOf(body);
  asked.push({
    part,
    whole: text.length,
    prompt: JSON.stringify(body.system ?? "").length + JSON.stringify(body.tools ?? []).length,
    at: Date.now(),
  });
  await sleep(firstTokenMs);
  send(response, body, replyTo(body, part));
}

/** The same for who speaks OpenAI's Responses API. */
async function answerResponses(text: string, response: ServerResponse): Promise<void> {
  const request = ResponsesRequest.parse(JSON.parse(text));
  const number = /part-(\d+)/u.exec(wordsIn(request))?.[1];
  const part = number === undefined ? null : Number(number);
  asked.push({ part, whole: text.length, prompt: promptIn(JSON.parse(text)), at: Date.now() });
  await sleep(firstTokenMs);
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of responseEvents(`resp_${(calls += 1)}`, callsOf(request, part, workers)))
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  response.end();
}

/** Who asks: the number of its part, or null for who hands them out. Only its own words count, not those of its tools. */
function partOf({ messages = [] }: Asked): number | null {
  const first = messages[0]?.content ?? "";
  const words = typeof first === "string" ? first : first.map((block) => block.text ?? "").join("\n");
  const number = /part-(\d+)/u.exec(words)?.[1];
  return number === undefined ? null : Number(number);
}

function replyTo(body: Asked, part: number | null): Reply {
  const turns = (body.messages ?? []).filter(({ role }) => role === "assistant").length;
  const tool = (pattern: RegExp) => body.tools?.find(({ name }) => pattern.test(name));
  if (part === null) {
    const plan = tool(/^submit_plan$/u);
    const ids = Array.from({ length: workers }, (_, i) => ({ id: `part-${i}`, agent: "implementer" }));
    if (plan !== undefined) return [{ tool: plan.name, input: { plan: { task: "All parts", subtasks: ids } } }];
    const task = tool(/^(?:task|agent|spawn_agent)$/iu);
    if (task === undefined || turns > 0) return [{ text: "All parts are done." }];
    return Array.from({ length: workers }, (_, i) =>
      call(task, {
        description: `Part ${i}`,
        prompt: `Work on part-${i}.`,
        task: `Work on part-${i}.`,
        systemprompt: "You work on one part.",
        subagenttype: /general-purpose/u.test(JSON.stringify(body.tools)) ? "general-purpose" : "general",
        runinbackground: false,
      }),
    );
  }
  const file = `src/part-${part}.ts`;
  const lines = "export const line = 1;\n";
  const whole = lines.repeat(20);
  const edited = "export const line = 2;\n";
  // An editor has one tool for both, and replaces what is there once only.
  const editor = tool(/^editor$/u);
  const steps = [
    call(tool(/^read(?:_files)?$/iu), { filepath: "README.md", files: [{ path: atHome("README.md") }] }),
    editor === undefined
      ? call(tool(/^write$/iu), { filepath: file, content: whole })
      : call(editor, { path: atHome(file), newtext: whole }),
    editor === undefined
      ? call(tool(/^edit$/iu), { filepath: file, oldstring: lines, newstring: edited, replaceall: true })
      : call(editor, { path: atHome(file), oldtext: whole, newtext: edited.repeat(20) }),
    call(tool(/^(?:grep|search_codebase)$/iu) ?? tool(/^bash$/iu), {
      pattern: "line = 2",
      path: "src",
      queries: ["line = 2"],
      command: "grep -rn 'line = 2' src",
    }),
  ];
  const step = steps[turns];
  if (step !== undefined) return [step];
  const report = tool(/^report$/u);
  return [report === undefined ? { text: `Part ${part} is done.` } : call(report, { summary: "Done.", files: [file] })];
}

/** A call of a tool by whatever names it has for what it is to be told. */
function call(tool: Tool | undefined, input: Readonly<Record<string, unknown>>): Reply[number] {
  if (tool === undefined) return { text: "There is no tool for this." };
  const known = Object.keys(tool.input_schema?.properties ?? {});
  const named = known.flatMap((name) => {
    const value = input[name.replaceAll("_", "").toLowerCase()];
    return value === undefined ? [] : [[name, name.startsWith("file") ? atHome(value) : value] as const];
  });
  return { tool: tool.name, input: Object.fromEntries(named) };
}

/** Some want whole paths; BRAID_BENCH_HOME is where the peer works. */
function atHome(value: unknown): unknown {
  const home = process.env["BRAID_BENCH_HOME"];
  return home === undefined || typeof value !== "string" ? value : `${home}/${value}`;
}

function send(response: ServerResponse, { model = "model", stream = false }: Asked, reply: Reply): void {
  const isCalling = reply.some((block) => "tool" in block);
  const usage = { input_tokens: 100, output_tokens: 50, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  const id = `msg_${(calls += 1)}`;
  const content = reply.map((block, i) =>
    "tool" in block
      ? { type: "tool_use", id: `toolu_${calls}_${i}`, name: block.tool, input: block.input }
      : { type: "text", text: block.text },
  );
  const shell = { id, type: "message", role: "assistant", model, stop_sequence: null };
  const stop = isCalling ? "tool_use" : "end_turn";
  if (!stream) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ ...shell, content, stop_reason: stop, usage }));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const event = (data: { readonly type: string; readonly [field: string]: unknown }) =>
    response.write(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);
  event({ type: "message_start", message: { ...shell, content: [], stop_reason: null, usage } });
  for (const [index, block] of content.entries()) {
    const empty = block.type === "text" ? { type: "text", text: "" } : { ...block, input: {} };
    const delta =
      block.type === "text"
        ? { type: "text_delta", text: block.text }
        : { type: "input_json_delta", partial_json: JSON.stringify(block.input) };
    event({ type: "content_block_start", index, content_block: empty });
    event({ type: "content_block_delta", index, delta });
    event({ type: "content_block_stop", index });
  }
  event({ type: "message_delta", delta: { stop_reason: stop, stop_sequence: null }, usage });
  event({ type: "message_stop" });
  response.end();
}
