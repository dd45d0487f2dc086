// Mocha's spec reporter, which also keeps the counts in a file, so that the test command can add up the suites and a suite
// that is killed still shows what it had done. CommonJS, because mocha loads reporters by path and the extension
// host loads nothing else. Options: `counts` names the file; `log`, if given, takes the text in place of standard output.
"use strict";
const { appendFileSync, renameSync, writeFileSync } = require("node:fs");
const { format } = require("node:util");
const { reporters } = require("mocha");

/** A process that still lives so long after its last test waits for what a test left open, and would do so for ever. */
const GRACE_MS = Number(process.env["BRAID_TEST_GRACE_MS"] ?? 60_000);

module.exports = class Reporter extends reporters.Spec {
  constructor(runner, options) {
    const { counts: file, log } = options.reporterOptions;
    if (log !== undefined) reporters.Base.consoleLog = (...parts) => appendFileSync(log, `${format(...parts)}\n`);
    super(runner, options);
    const counts = { passed: 0, failed: 0, skipped: 0, ended: false };
    const save = () => {
      writeFileSync(`${file}.part`, JSON.stringify(counts));
      renameSync(`${file}.part`, file);
    };
    const count = (key) => () => {
      counts[key] += 1;
      save();
    };
    save();
    runner.on("pass", count("passed"));
    runner.on("fail", count("failed"));
    runner.on("pending", count("skipped"));
    runner.on("end", () => {
      counts.ended = true;
      save();
      // In an extension host, which has a log, other things live on.
      if (log === undefined) setTimeout(() => leftOpen(count("failed")), GRACE_MS).unref();
    });
  }
};

function leftOpen(count) {
  count();
  console.log(
    `The tests are over, and the process does not end. It has open: ${process.getActiveResourcesInfo().join(", ")}`,
  );
  process.exit();
}
