import { tryLock } from "../../../src/run/log/lock";

// Another process that wants a lock: says that it is there, tries when told to, says how it went, and keeps the lock
// until its input ends. With "die" it ends without giving the lock back.
const [path = "", then] = process.argv.slice(2);

async function compete(): Promise<void> {
  const lock = await tryLock(path, "the other");
  process.stdout.write("release" in lock ? "won\n" : `lost to ${lock.pid} ${lock.label}\n`);
  if (then === "die") process.kill(process.pid, "SIGKILL");
  if ("release" in lock) process.stdin.once("end", () => void lock.release());
}

process.stdout.write("ready\n");
process.stdin.once("data", () => void compete());
