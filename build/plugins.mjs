// What the bundler does for Braid beyond bundling.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

const DEMO = join(dirname(import.meta.dirname), "media", "demo");

/** `demo:files`: the demo's scenarios and workspace as one module, so that they are one file in the package and found from anywhere. */
export const demoFiles = {
  name: "demo-files",
  setup(build) {
    build.onResolve({ filter: /^demo:files$/ }, ({ path }) => ({ path, namespace: "demo-files" }));
    build.onLoad({ filter: /.*/, namespace: "demo-files" }, () => {
      const files = readdirSync(DEMO, { recursive: true, withFileTypes: true }).flatMap((entry) =>
        entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
      );
      const texts = files
        .toSorted()
        .map((file) => [relative(DEMO, file).split(sep).join("/"), readFileSync(file, "utf8")]);
      return {
        contents: `export const DEMO_FILES = ${JSON.stringify(Object.fromEntries(texts))};`,
        watchFiles: files,
        watchDirs: [...new Set(files.map((file) => dirname(file)))],
      };
    });
  },
};

/** The SDK imports Node's modules when it needs them, for browsers' sake: of no use here, and two more files in the package. */
export const nodeAtOnce = {
  name: "node-at-once",
  setup(build) {
    build.onLoad({ filter: /[\\/]@anthropic-ai[\\/]sdk[\\/](?:core|lib)[\\/].*\.mjs$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const from = /\bawait import\((["'][./]+\/internal\/node\.mjs["'])\)/gu;
      const name = from.exec(text)?.[1];
      if (name === undefined) return undefined;
      return { contents: `import * as nodeModules from ${name};\n${text.replace(from, "nodeModules")}`, loader: "js" };
    });
  },
};

/**
 * A language's colours are files of their own, so that the page shares nothing with them it would have to wait for. The page's import map
 * says where they are.
 */
export const languagesApart = {
  name: "languages-apart",
  setup(build) {
    build.onResolve({ filter: /^\.\/[a-z]+-languages$/ }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path: `braid/${path.slice(2)}.js`, external: true } : undefined,
    );
  },
};

/**
 * A module of ours of which a page uses nothing is left out of it: what schemas of plans and requests would do when they are loaded is
 * nobody's loss there. Only the page's words are for their doing.
 */
export const onlyWhatIsUsed = {
  name: "only-what-is-used",
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\// }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (pluginData === onlyWhatIsUsed || path === "./l10n" || importer.includes("node_modules")) return undefined;
      const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: onlyWhatIsUsed });
      return found.external || found.errors.length > 0 ? found : { path: found.path, sideEffects: false };
    });
  },
};

/** In the package the command line's first file finds the rest of it as one file beside the chunks. */
export const restOfCli = {
  name: "rest-of-cli",
  setup(build) {
    build.onResolve({ filter: /^\.\/rest$/ }, ({ resolveDir }) => ({ path: join(resolveDir, "packed-rest.ts") }));
  },
};
