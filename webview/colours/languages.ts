import type { StreamParser } from "@codemirror/streamparser";

/** What reads a language line by line, token by token; what state it keeps is its own affair. */
export type Language = StreamParser<unknown>;

type Load = () => Promise<Language>;

/*
 * Each family is a file of its own that is loaded when a file of it comes into view. Parsers of whole languages (Lezer, TextMate)
 * colour more finely, but weigh ten times as much or take a second for a large file; a diff is read for its changes.
 */
const web = () => import("./web-languages");
const code = () => import("./code-languages");
const data = () => import("./data-languages");

const LANGUAGES: readonly (readonly [endings: string, load: Load])[] = [
  ["ts tsx mts cts", async () => (await web()).typescript],
  ["js jsx mjs cjs", async () => (await web()).javascript],
  ["json jsonc json5 webmanifest", async () => (await web()).json],
  ["css", async () => (await web()).css],
  ["scss", async () => (await web()).sCSS],
  ["less", async () => (await web()).less],
  ["html htm vue svelte", async () => (await web()).html],
  ["xml svg xsd xslt plist csproj props targets", async () => (await web()).xml],
  ["c h", async () => (await code()).c],
  ["cpp cc cxx hpp hh hxx ino", async () => (await code()).cpp],
  ["cs", async () => (await code()).csharp],
  ["java", async () => (await code()).java],
  ["kt kts", async () => (await code()).kotlin],
  ["scala sc", async () => (await code()).scala],
  ["dart", async () => (await code()).dart],
  ["m mm", async () => (await code()).objectiveC],
  ["py pyi", async () => (await code()).python],
  ["go", async () => (await code()).go],
  ["rs", async () => (await code()).rust],
  ["rb rake gemspec", async () => (await code()).ruby],
  ["sh bash zsh", async () => (await code()).shell],
  ["sql", async () => (await data()).standardSQL],
  ["swift", async () => (await code()).swift],
  ["lua", async () => (await code()).lua],
  ["yaml yml", async () => (await data()).yaml],
  ["toml", async () => (await data()).toml],
  ["ini properties cfg conf editorconfig", async () => (await data()).properties],
  ["ps1 psm1", async () => (await code()).powerShell],
  ["pl pm", async () => (await code()).perl],
  ["r", async () => (await code()).r],
  ["proto", async () => (await data()).protobuf],
  ["dockerfile", async () => (await data()).dockerFile],
];

const BY_ENDING = new Map(
  LANGUAGES.flatMap(([endings, load]) => endings.split(" ").map((ending): [string, Load] => [ending, load])),
);

/** How the language of a file is loaded, by its name; undefined for those without colours. */
export function languageOf(path: string): Load | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return BY_ENDING.get(name) ?? BY_ENDING.get(name.slice(name.lastIndexOf(".") + 1));
}
