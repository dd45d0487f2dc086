import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import * as z from "zod";
import { hasCode } from "../../util/system-error";

/** How often whoever holds a lock says so, and how long it may say nothing before it counts as silent, in milliseconds. */
export const HEARTBEAT_MS = 5_000;
export const SILENT_MS = 6 * HEARTBEAT_MS;

/** Who a lock names. `machine` and `started` tell a process from a later one of the same number; not every system has them. */
export const LockOwner = z.object({
  pid: z.int().min(1),
  host: z.string(),
  label: z.string(),
  machine: z.string().optional(),
  started: z.string().optional(),
});
export type LockOwner = Readonly<z.infer<typeof LockOwner>>;

/**
 * What has become of a lock's owner: `alive`; `gone`, for certain, so that the lock is nobody's; or `silent`: it has said nothing
 * for {@link SILENT_MS}, but may be stopped, asleep or on a machine we cannot look into. Only a person may take over from it.
 */
export type Standing = "alive" | "gone" | "silent";

/** What was seen of an owner, and where we are ourselves. */
export interface Sighting {
  /** Since the owner last said that it is there. */
  readonly heardMs: number;
  readonly here: Here;
  /** The process of this number on this machine; null when there is none. */
  readonly process: { readonly started: string | undefined } | null;
}

/** This machine: its name, and what no other machine, boot or container has. */
export interface Here {
  readonly host: string;
  readonly machine: string | undefined;
}

/** Judges an owner. On our own machine the process tells; elsewhere only what was heard of it. */
export function standingOf(owner: LockOwner, { heardMs, here, process }: Sighting): Standing {
  const isHeard = heardMs < SILENT_MS;
  const isHere = owner.machine !== undefined && owner.machine === here.machine;
  const isUnsure = owner.machine === undefined || here.machine === undefined;
  if (isHere || (isUnsure && owner.host === here.host)) {
    if (process === null) return "gone";
    if (owner.started !== undefined && process.started !== undefined && owner.started !== process.started)
      return "gone";
    return isHeard ? "alive" : "silent";
  }
  if (isHeard) return "alive";
  // A machine of our name but of another boot: ours, before it was started anew.
  return owner.host === here.host ? "gone" : "silent";
}

/** This process, as a lock names it. */
export async function ownIdentity(label: string): Promise<LockOwner> {
  const { host, machine } = await whereWeAre();
  ownStart ??= (await processOf(process.pid))?.started;
  const started = ownStart;
  return {
    pid: process.pid,
    host,
    label,
    ...(machine === undefined ? {} : { machine }),
    ...(started === undefined ? {} : { started }),
  };
}

/** Looks at the process an owner names. `heardMs` is how long ago it was heard of. */
export async function sight(owner: LockOwner, heardMs: number): Promise<Sighting> {
  return { heardMs, here: await whereWeAre(), process: await processOf(owner.pid) };
}

/** What no process changes of itself while it lives; what could not be read is asked for again. */
let ownStart: string | undefined;
let ownMachine: string | undefined;

/** The boot, and the process namespace: containers of one machine have numbers of their own. Linux only. */
async function whereWeAre(): Promise<Here> {
  if (ownMachine !== undefined) return { host: hostname(), machine: ownMachine };
  const [boot, namespace] = await Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => undefined),
    readlink("/proc/self/ns/pid").catch(() => undefined),
  ]);
  if (boot !== undefined && namespace !== undefined) ownMachine = `${boot.trim()} ${namespace}`;
  return { host: hostname(), machine: ownMachine };
}

async function processOf(pid: number): Promise<Sighting["process"]> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    if (!hasCode(error, "EPERM")) return null;
  }
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name, in parentheses, may hold anything; what follows is numbers. The 22nd field is the start in ticks since the boot.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // A zombie does nothing any more.
  if (fields[0] === "Z" || fields[0] === "X") return null;
  return { started: stat === "" ? undefined : fields[19] };
}
