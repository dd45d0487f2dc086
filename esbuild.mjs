// Builds everything Braid runs: extension, command line, review panel, and (with --tests) the test bundles. With --unit only
// the unit tests, in a folder of their own: quick, and in nobody's way who is running the others.
import { build, context } from "esbuild";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const flags = new Set(process.argv.slice(2));
const watch = flags.has("--watch");
const minify = flags.has("--minify");

const shared = { bundle: true, sourcemap: true, minify, logLevel: "warning", legalComments: "none" };
const node = { ...shared, platform: "node", target: "node20", mainFields: ["module", "main"] };

const products = [
  { ...node, entryPoints: ["src/extension.ts"], outfile: "dist/extension.js", format: "cjs", external: ["vscode"] },
  {
    ...node,
    entryPoints: ["src/cli/main.ts"],
    outfile: "dist/cli.js",
    format: "cjs",
    banner: { js: "#!/usr/bin/env node" },
  },
  // Each page by itself: what they share would be one more file to wait for. A language's colours are a file that comes later.
  ...["panel", "preview"].map((page) => ({
    ...shared,
    entryPoints: { [page]: `webview/${page === "panel" ? "main" : page}.tsx` },
    outdir: "dist/webview",
    format: "esm",
    splitting: true,
    platform: "browser",
    target: "chrome132",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".ttf": "file" },
    entryNames: "[name]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]",
  })),
];

const tests = {
  ...node,
  minify: false,
  outbase: "test",
  format: "esm",
  splitting: true,
  packages: "external",
  jsx: "automatic",
  jsxImportSource: "preact",
  outExtension: { ".js": ".mjs" },
};

/** Test files below a folder of test/, and the scripts the npm commands run. */
function testEntries() {
  const list = (dir) =>
    readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? list(join(dir, entry.name)) : [join(dir, entry.name)],
    );
  return list("test").filter((file) => /\.(test|main)\.tsx?$/u.test(file));
}

const targets = flags.has("--unit") ? unitTargets() : [...products, ...(flags.has("--tests") ? testTargets() : [])];

function unitTargets() {
  rmSync("dist/check", { recursive: true, force: true });
  const entryPoints = testEntries().filter((file) => file.startsWith("test/unit/"));
  return [{ ...tests, entryPoints, outdir: "dist/check" }];
}

function testTargets() {
  rmSync("dist/test", { recursive: true, force: true });
  const entries = testEntries();
  const host = entries.filter((file) => file.startsWith("test/host/"));
  const others = entries.filter((file) => !host.includes(file));
  const inHost = {
    ...node,
    minify: false,
    outdir: "dist/test",
    outbase: "test",
    format: "cjs",
    external: ["vscode", "mocha"],
  };
  return [
    { ...tests, entryPoints: others, outdir: "dist/test" },
    ...(host.length > 0 ? [{ ...inHost, entryPoints: host }] : []),
  ];
}

// Chunks have their content in their name: those of earlier builds would stay.
if (!flags.has("--unit")) rmSync("dist/webview", { recursive: true, force: true });

if (watch) {
  for (const target of targets) {
    const running = await context({ ...target, logLevel: "info" });
    await running.watch();
  }
} else {
  await Promise.all(targets.map((target) => build(target)));
}
