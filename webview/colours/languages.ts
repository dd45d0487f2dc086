import type { StreamParser } from "@codemirror/streamparser";

/** What reads a language line by line, token by token; what state it keeps is its own affair. */
export type Language = StreamParser<unknown>;

type Load = () => Promise<Language>;

/*
 * Each family is a file of its own that is loaded when a file of it comes into view. Parsers of whole languages (Lezer, TextMate)
 * colour more finely, but weigh ten times as much or take a second for a large file; a diff is read for its changes.
 */
const clike = () => import("@codemirror/legacy-modes/mode/clike");
const script = () => import("@codemirror/legacy-modes/mode/javascript");
const style = () => import("@codemirror/legacy-modes/mode/css");
const markup = () => import("@codemirror/legacy-modes/mode/xml");

const LANGUAGES: readonly (readonly [endings: string, load: Load])[] = [
  ["ts tsx mts cts", async () => (await script()).typescript],
  ["js jsx mjs cjs", async () => (await script()).javascript],
  ["json jsonc json5 webmanifest", async () => (await script()).json],
  ["css", async () => (await style()).css],
  ["scss", async () => (await style()).sCSS],
  ["less", async () => (await style()).less],
  ["html htm vue svelte", async () => (await markup()).html],
  ["xml svg xsd xslt plist csproj props targets", async () => (await markup()).xml],
  ["c h", async () => (await clike()).c],
  ["cpp cc cxx hpp hh hxx ino", async () => (await clike()).cpp],
  ["cs", async () => (await clike()).csharp],
  ["java", async () => (await clike()).java],
  ["kt kts", async () => (await clike()).kotlin],
  ["scala sc", async () => (await clike()).scala],
  ["dart", async () => (await clike()).dart],
  ["m mm", async () => (await clike()).objectiveC],
  ["py pyi", async () => (await import("@codemirror/legacy-modes/mode/python")).python],
  ["go", async () => (await import("@codemirror/legacy-modes/mode/go")).go],
  ["rs", async () => (await import("@codemirror/legacy-modes/mode/rust")).rust],
  ["rb rake gemspec", async () => (await import("@codemirror/legacy-modes/mode/ruby")).ruby],
  ["sh bash zsh", async () => (await import("@codemirror/legacy-modes/mode/shell")).shell],
  ["sql", async () => (await import("@codemirror/legacy-modes/mode/sql")).standardSQL],
  ["swift", async () => (await import("@codemirror/legacy-modes/mode/swift")).swift],
  ["lua", async () => (await import("@codemirror/legacy-modes/mode/lua")).lua],
  ["yaml yml", async () => (await import("@codemirror/legacy-modes/mode/yaml")).yaml],
  ["toml", async () => (await import("@codemirror/legacy-modes/mode/toml")).toml],
  [
    "ini properties cfg conf editorconfig",
    async () => (await import("@codemirror/legacy-modes/mode/properties")).properties,
  ],
  ["ps1 psm1", async () => (await import("@codemirror/legacy-modes/mode/powershell")).powerShell],
  ["pl pm", async () => (await import("@codemirror/legacy-modes/mode/perl")).perl],
  ["r", async () => (await import("@codemirror/legacy-modes/mode/r")).r],
  ["proto", async () => (await import("@codemirror/legacy-modes/mode/protobuf")).protobuf],
  ["dockerfile", async () => (await import("@codemirror/legacy-modes/mode/dockerfile")).dockerFile],
];

const BY_ENDING = new Map(
  LANGUAGES.flatMap(([endings, load]) => endings.split(" ").map((ending): [string, Load] => [ending, load])),
);

/** How the language of a file is loaded, by its name; undefined for those without colours. */
export function languageOf(path: string): Load | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return BY_ENDING.get(name) ?? BY_ENDING.get(name.slice(name.lastIndexOf(".") + 1));
}
