import assert from "node:assert/strict";
import { panelPage } from "../../../src/protocol/panel-page";

describe("the page's document", () => {
  const page = (language: string, words: Readonly<Record<string, string>> | undefined) =>
    panelPage({ nonce: "n", title: "t", source: "s", script: "a.js", style: "a.css", language, words });
  const wordsIn = (html: string): unknown =>
    JSON.parse(/<script type="application\/json" id="words">(.*)<\/script>/u.exec(html)?.[1] ?? "");

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
    assert.equal(html.split("</script>").length - 1, 2);
    assert.deepEqual(wordsIn(html), { Accept: word });
  });
});
