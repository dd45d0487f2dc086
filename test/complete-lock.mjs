// Completes package-lock.json with the platform packages the registry in use does not serve (a mirror may carry only its own
// platform's). Without their entries `npm ci` refuses the lock file everywhere; with them it skips what is for another
// platform, as it does for those it knows. Run it after `npm install`: node test/complete-lock.mjs [FILE]
import { readFileSync, writeFileSync } from "node:fs";

const file = process.argv[2] ?? "package-lock.json";
const lock = JSON.parse(readFileSync(file, "utf8"));
const added = [];
for (const { dev, optionalDependencies = {} } of Object.values(lock.packages))
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const path = `node_modules/${name}`;
    if (lock.packages[path] !== undefined || !/^\d/u.test(version)) continue;
    lock.packages[path] = { version, ...platform(name), ...(dev === true ? { dev } : {}), optional: true };
    added.push(name);
  }
const [root, ...rest] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([root, ...rest.toSorted(([a], [b]) => a.localeCompare(b, "en"))]);
if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? `${file} is complete.` : `Added ${added.length} entries to ${file}.`);

/** What a platform package's name says, as @oxfmt/binding-linux-arm64-musl: the system, the processor and the C library. */
function platform(name) {
  const words = name.split("/").at(-1).split("-");
  const os = words.find((word) => /^(android|darwin|freebsd|linux|openharmony|win32)$/u.test(word));
  const cpu = words.find((word) => /^(arm|arm64|ia32|ppc64|riscv64|s390x|x64)$/u.test(word));
  if (os === undefined || cpu === undefined)
    throw new Error(`The name of ${name} does not say which platform it is for.`);
  const libc = words.find((word) => /^(gnu|musl)/u.test(word));
  return {
    cpu: [cpu],
    ...(os === "linux" && libc !== undefined ? { libc: [libc.startsWith("musl") ? "musl" : "glibc"] } : {}),
    os: [os],
  };
}
