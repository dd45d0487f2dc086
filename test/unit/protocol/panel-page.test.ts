import assert from "node:assert/strict";
import { firstLookText } from "../../../src/protocol/first-look";
import { panelPage, problemPage } from "../../../src/protocol/panel-page";
import { served } from "./served";

/** As VS Code does with what it takes for addresses of its own, wherever it stands. */
const asVSCodeHasIt = (html: string) =>
  html.replace(/(["'])(?:vscode-(?:webview-)?resource):([^\s'"]+?)(["'])/giu, "$1https://elsewhere$2$3");

describe("the page's document", () => {
  const page = (language: string, words: Readonly<Record<string, string>> | undefined, first?: string) =>
    panelPage({
      nonce: "n",
      title: "t",
      source: "s",
      program: "go()",
      style: 'a{src:url("data:font/ttf;base64,AAEA")}',
      folder: "f/",
      language,
      words,
      first,
    });
  const dataIn = (html: string, id: string): unknown =>
    JSON.parse(new RegExp(`<script type="application/json" id="${id}">(.*?)</script>`, "su").exec(html)?.[1] ?? "");
  const wordsIn = (html: string) => dataIn(html, "words");

  it("has the words of a language", () => {
    const html = page("de", { Accept: "Annehmen" });
    assert.match(html, /<html lang="de">/u);
    assert.deepEqual(wordsIn(html), { Accept: "Annehmen" });
  });

  it("is English where there are no words", () => {
    const html = page("fr", undefined);
    assert.match(html, /<html lang="en">/u);
    assert.deepEqual(wordsIn(html), {});
  });

  it("is not ended or led elsewhere by a word or a language", () => {
    const word = "</script><script>alert(1)</script><!--";
    const html = page('de"><script>', { Accept: word });
    assert.match(html, /<html lang="en">/u);
    assert.equal(html.split("</script>").length - 1, 4);
    assert.deepEqual(wordsIn(html), { Accept: word });
  });

  const look = async (objective: string) => {
    const { source, service } = served();
    source.act("auth-tests", objective);
    return service.firstLook("1");
  };

  it("holds what is drawn first, to the letter, whatever a model wrote", async () => {
    for (const text of [
      "</script><script>alert(1)</script><!--",
      "vscode-resource:/etc/passwd",
      'a "vscode-resource:/x" and \'vscode-webview-resource:/y\' and "VSCODE-resource:/z"',
      "\u2028 \\u003c \0 \ud800 ]]>",
    ]) {
      const first = await look(text);
      const html = asVSCodeHasIt(page("en", undefined, firstLookText(first)));
      assert.equal(html.split("</script>").length - 1, 4);
      assert.deepEqual(dataIn(html, "first"), JSON.parse(JSON.stringify(first)));
    }
  });

  it("finds what it loads later in its folder, and runs nothing that was not built into it", () => {
    const html = page("en", undefined);
    assert.deepEqual(JSON.parse(/<script type="importmap" nonce="n">(.*?)<\/script>/su.exec(html)?.[1] ?? ""), {
      imports: { "braid/": "f/" },
    });
    assert.match(html, /<style nonce="n">a\{src:url\("data:font\/ttf;base64,AAEA"\)\}<\/style>/u);
    assert.match(html, /script-src 'nonce-n' s; style-src 'nonce-n'; font-src data:;/u);
    const runs = [...html.matchAll(/<script(?! type="application\/json")[^>]*>/gu)].map(([tag]) => tag);
    assert.deepEqual(runs, ['<script type="importmap" nonce="n">', '<script type="module" nonce="n">']);
  });

  it("says why there is no page, as text", () => {
    const html = problemPage("t", "</p><script>alert(1)</script> & more");
    assert.match(html, /<p>&lt;\/p>&lt;script>alert\(1\)&lt;\/script> &amp; more<\/p>/u);
    assert.match(html, /content="default-src 'none'"/u);
  });

  it("holds nothing to be drawn first where that is too long, or nobody has it", async () => {
    assert.equal(firstLookText(await look("x".repeat(600_000))), undefined);
    assert.equal(dataIn(page("en", undefined), "first"), null);
  });
});
