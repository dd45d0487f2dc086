import { createHash } from "node:crypto";

/** Network ports each worker may call its own. */
const PORTS_PER_WORKER = 10;
/** Above the usual development servers, below what systems hand out by themselves. */
const FIRST_PORT = 20_000;
const SLOTS = 1_000;
const taken = new Set<number>();

/** Ports of one worker; `release` gives them to the next one. */
export interface WorkerPorts {
  readonly base: number;
  release(): void;
}

/**
 * Takes ten ports no other worker of this process has. Where to begin to look comes from `name`, so that two processes
 * seldom meet either. Nobody listens on them; it is a convention between us and the project's scripts.
 */
export function takePorts(name: string): WorkerPorts {
  const start = createHash("sha256").update(name).digest().readUInt32BE() % SLOTS;
  let slot = start;
  while (taken.has(slot) && taken.size < SLOTS) slot = (slot + 1) % SLOTS;
  taken.add(slot);
  return { base: FIRST_PORT + slot * PORTS_PER_WORKER, release: () => void taken.delete(slot) };
}

/** What a worker's environment says about its place; only what is true inside the sandbox. */
export function placeEnvironment(dir: string, ports: WorkerPorts): Readonly<Record<string, string>> {
  return { WORKTREE_PATH: dir, PORT: `${ports.base}`, BRAID_PORT_BASE: `${ports.base}` };
}
