// Builds everything Braid runs: extension, command line, review panel, and (with --tests) the test bundles. With --unit only
// the unit tests, in a folder of their own: quick, and in nobody's way who is running the others.
import { build, context } from "esbuild";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onlyDrawnIcons } from "./build/few-icons.mjs";
import { demoFiles, languagesApart, nodeAtOnce, onlyWhatIsUsed, restOfCli } from "./build/plugins.mjs";

const flags = new Set(process.argv.slice(2));
const watch = flags.has("--watch");
const minify = flags.has("--minify");

const shared = { bundle: true, sourcemap: true, minify, logLevel: "warning", legalComments: "none" };
const node = {
  ...shared,
  platform: "node",
  target: "node20",
  mainFields: ["module", "main"],
  plugins: [demoFiles, nodeAtOnce],
};

/** Extension and command line share their chunks; what either has no use for at its start is imported when it is needed. */
const programs = {
  ...node,
  entryPoints: {
    extension: "src/extension.ts",
    cli: "src/cli/braid.ts",
    "process-host": "src/git/process-host.main.ts",
  },
  outdir: "dist",
  format: "esm",
  splitting: true,
  outExtension: { ".js": ".mjs" },
  chunkNames: "chunks/[name]-[hash]",
  external: ["vscode"],
  // Packages that are CommonJS still ask for Node's own modules by `require`.
  banner: {
    js: 'import { createRequire as braidRequire } from "node:module";const require = braidRequire(import.meta.url);',
  },
};

/**
 * In the package few files count for more than 30 ms at the start of the command line, which is two there: one that has what is compiled
 * kept, and all the rest, as the one kind of file whose compiled form every Node can be given again.
 */
const { extension, cli, ...alone } = programs.entryPoints;
const packed = [
  { ...programs, entryPoints: { extension } },
  { ...programs, entryPoints: { cli }, splitting: false, plugins: [restOfCli] },
  { ...programs, entryPoints: alone, splitting: false },
  {
    ...programs,
    entryPoints: { "chunks/cli": "src/cli/start.ts" },
    format: "cjs",
    splitting: false,
    outExtension: { ".js": ".cjs" },
    banner: {},
    define: { "import.meta.dirname": "__dirname" },
    // A script that is run from its compiled form imports nothing.
    supported: { "dynamic-import": false },
  },
];

const products = [
  ...(minify ? packed : [programs]),
  // Each by itself: what they share would be one more file to wait for.
  ...Object.entries({
    panel: "main.tsx",
    preview: "preview.tsx",
    ...Object.fromEntries(["web", "code", "data"].map((name) => [`${name}-languages`, `colours/${name}-languages.ts`])),
  }).map(([name, file]) => ({
    ...shared,
    entryPoints: { [name]: `webview/${file}` },
    outdir: "dist/webview",
    format: "esm",
    plugins: [languagesApart, onlyWhatIsUsed],
    platform: "browser",
    target: "chrome132",
    jsx: "automatic",
    jsxImportSource: "preact",
    assetNames: "[name]",
  })),
  {
    ...shared,
    entryPoints: { styles: "webview/styles.css" },
    outdir: "dist/webview",
    plugins: [onlyDrawnIcons("webview/words.ts")],
  },
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
    logOverride: { "empty-import-meta": "silent" },
  };
  return [
    { ...tests, entryPoints: others, outdir: "dist/test" },
    ...(host.length > 0 ? [{ ...inHost, entryPoints: host }] : []),
  ];
}

if (watch) {
  for (const target of targets) {
    const running = await context({ ...target, logLevel: "info" });
    await running.watch();
  }
} else {
  // Names of chunks change with their content.
  if (!flags.has("--unit"))
    for (const dir of ["dist/chunks", "dist/webview"]) rmSync(dir, { recursive: true, force: true });
  const built = await Promise.all(targets.map((target) => build({ ...target, metafile: true })));
  // What each program loads at its start is held by a test.
  const outputs = targets.flatMap((target, i) =>
    target === programs || packed.includes(target) ? [built[i]?.metafile?.outputs ?? {}] : [],
  );
  if (outputs.length > 0) writeFileSync("dist/meta.json", JSON.stringify({ outputs: Object.assign({}, ...outputs) }));
  if (minify)
    writeFileSync("dist/THIRD-PARTY-NOTICES.txt", notices(built.flatMap(({ metafile }) => packagesIn(metafile))));
}

/** Folders of the packages whose code is in a bundle. */
function packagesIn({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  return inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/u.exec(path)?.[0] ?? []);
}

/** Names, versions and licences of packages, in full, as their licences ask. A package without a licence's text stops the build. */
function notices(folders) {
  const parts = [...new Set(folders)]
    .toSorted((a, b) => a.localeCompare(b, "en"))
    .map((folder) => {
      const { name, version, license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const files = readdirSync(folder).filter((entry) => /^licen[cs]e(?:[-.].*)?$/iu.test(entry));
      const text = files.map((file) => readFileSync(join(folder, file), "utf8").trim()).join("\n\n");
      // Some packages name the licence and leave its text out.
      if (text === "" && license !== "MIT") throw new Error(`${folder} has no file with its licence (${license}).`);
      return `${name} ${version} (${license})\n\n${text || mit(author?.name ?? author ?? name)}`;
    });
  return `Braid is built with these packages.\n\n${parts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

function mit(holder) {
  return readFileSync("LICENSE", "utf8")
    .replace(/^Copyright.*$/mu, `Copyright (c) ${holder}`)
    .trim();
}
