// Builds everything Braid runs: extension, command line, review panel, and (with --tests) the test bundles.
import { build, context } from "esbuild";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const flags = new Set(process.argv.slice(2));
const watch = flags.has("--watch");
const minify = flags.has("--minify");

const shared = { bundle: true, sourcemap: true, minify, logLevel: "warning", legalComments: "none" };
const node = { ...shared, platform: "node", target: "node20", mainFields: ["module", "main"] };

const targets = [
  { ...node, entryPoints: ["src/extension.ts"], outfile: "dist/extension.js", format: "cjs", external: ["vscode"] },
  {
    ...node,
    entryPoints: ["src/cli/main.ts"],
    outfile: "dist/cli.js",
    format: "cjs",
    banner: { js: "#!/usr/bin/env node" },
  },
  {
    ...shared,
    entryPoints: { panel: "webview/main.tsx" },
    outdir: "dist/webview",
    format: "esm",
    splitting: true,
    platform: "browser",
    target: "chrome132",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".ttf": "file" },
    entryNames: "[name]",
    assetNames: "[name]",
  },
];

/** Test files below a folder of test/, and the scripts the npm commands run. */
function testEntries() {
  const list = (dir) =>
    readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? list(join(dir, entry.name)) : [join(dir, entry.name)],
    );
  return list("test").filter((file) => /\.(test|main)\.tsx?$/u.test(file));
}

if (flags.has("--tests")) {
  rmSync("dist/test", { recursive: true, force: true });
  const entries = testEntries();
  targets.push({
    ...node,
    entryPoints: entries.filter((file) => !file.startsWith("test/host/")),
    outdir: "dist/test",
    outbase: "test",
    format: "esm",
    splitting: true,
    packages: "external",
    jsx: "automatic",
    jsxImportSource: "preact",
    outExtension: { ".js": ".mjs" },
  });
  const host = entries.filter((file) => file.startsWith("test/host/"));
  if (host.length > 0)
    targets.push({
      ...node,
      entryPoints: host,
      outdir: "dist/test",
      outbase: "test",
      format: "cjs",
      external: ["vscode", "mocha"],
    });
}

if (watch) {
  for (const target of targets) {
    const running = await context({ ...target, logLevel: "info" });
    await running.watch();
  }
} else {
  await Promise.all(targets.map((target) => build(target)));
}
