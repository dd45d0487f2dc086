/*
 * The scripted model in a process of its own, so that what it takes is nobody else's: a scenario comes from the parent, the address
 * and what was asked go back to it. With `openai` it speaks that API as well (see translate.ts).
 */
import { once } from "node:events";
import { startDemoServer } from "../../../src/demo/server";
import { Scenario } from "../../../src/demo/scenario";
import type { MessagesRequest } from "../../../src/demo/request";

/** What one request carried, in bytes of JSON. */
export interface Asked {
  /** System prompt and tools. */
  readonly prompt: number;
  readonly whole: number;
  readonly subtask: string;
  readonly turn: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

// A plan of a thousand is too long for an argument.
const [scenario]: unknown[] = await once(process, "message");
const server = await startDemoServer(Scenario.parse(scenario), { recordBodies: process.argv[2] === "yes" });
let asked: Asked[] = [];
server.onRequest(({ facts, body }) => {
  asked.push({
    prompt: body === undefined ? 0 : promptOf(body),
    whole: body === undefined ? 0 : bytesOf(body),
    subtask: facts.subtask ?? "",
    turn: facts.turn,
    at: Date.now(),
  });
});
process.on("message", () => {
  process.send?.(asked);
  asked = [];
});
process.on("disconnect", () => process.exit());
process.send?.(server.url);

function promptOf({ system, tools }: MessagesRequest): number {
  return bytesOf(system ?? "") + bytesOf(tools ?? []);
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
