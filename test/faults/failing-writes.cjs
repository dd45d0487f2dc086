// Loaded into a command line by `--require`: makes writes of the file system fail as a full disk, missing rights or too many open
// files make them fail. BRAID_FAIL is `CODE NTH PATTERN`: the NTH write (0: every one) to a path that fits the pattern fails with
// CODE, and BRAID_MET is a file that tells so. BRAID_WRITES is a file that gets a line for every write: what is done, and the path.
"use strict";
const fs = require("node:fs");
const promises = require("node:fs/promises");

const [code, nth, ...rest] = (process.env.BRAID_FAIL ?? "").split(" ");
const pattern = code === "" ? undefined : new RegExp(rest.join(" "), "u");
const traced = process.env.BRAID_WRITES;
const append = fs.appendFileSync;
let count = 0;

function meet(syscall, path) {
  const name = String(path);
  if (traced !== undefined) append(traced, `${syscall} ${name}\n`);
  if (pattern === undefined || !pattern.test(name)) return;
  count += 1;
  if (nth !== "0" && count !== Number(nth)) return;
  append(process.env.BRAID_MET, `${syscall} ${name}\n`);
  throw Object.assign(new Error(`${code}: injected, ${syscall} '${name}'`), { code, syscall, path: name });
}

const NAMED = ["writeFile", "appendFile", "mkdir", "copyFile", "cp", "symlink", "truncate"];
for (const name of NAMED) {
  const real = promises[name];
  promises[name] = async (...args) => {
    meet(name, name === "copyFile" || name === "cp" || name === "symlink" ? args[1] : args[0]);
    return real(...args);
  };
}
for (const name of ["rename", "link"]) {
  const real = promises[name];
  promises[name] = async (from, to) => {
    meet(name, to);
    return real(from, to);
  };
}
const open = promises.open;
promises.open = async (path, flags = "r", ...more) => {
  const writes = typeof flags === "string" && flags !== "r";
  if (writes) meet("open", path);
  const handle = await open(path, flags, ...more);
  if (!writes) return handle;
  for (const name of ["write", "writeFile", "appendFile", "datasync", "sync", "truncate"]) {
    const real = handle[name].bind(handle);
    handle[name] = async (...args) => {
      // A disk that is full takes what there is room for.
      if (name === "appendFile" && code === "ENOSPC" && Buffer.isBuffer(args[0])) {
        try {
          meet(name, path);
        } catch (error) {
          await real(args[0].subarray(0, args[0].length >> 1));
          throw error;
        }
        return real(...args);
      }
      meet(name, path);
      return real(...args);
    };
  }
  return handle;
};

for (const name of ["writeFileSync", "mkdirSync", "linkSync", "symlinkSync", "renameSync"]) {
  const real = fs[name];
  fs[name] = (...args) => {
    meet(name, name === "writeFileSync" || name === "mkdirSync" ? args[0] : args[1]);
    return real(...args);
  };
}

// What is imported by name has the functions of before, until it is told.
require("node:module").syncBuiltinESMExports();
