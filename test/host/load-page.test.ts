import assert from "node:assert/strict";
import * as vscode from "vscode";
import { loadPage } from "../../src/host/load-page";
import { tempRepo } from "../support/temp-repo";

describe("a page of ours", () => {
  let panel: vscode.WebviewPanel | undefined;
  const folder = tempRepo();
  folder.write("panel.js", "go();");
  folder.write("styles.css", "a{}");
  before(() => {
    panel = vscode.window.createWebviewPanel("braid.test", "Test", vscode.ViewColumn.One);
  });
  after(() => {
    panel?.dispose();
    folder.dispose();
  });
  const load = (name: string): Promise<string> => {
    assert.ok(panel);
    const pages = vscode.Uri.joinPath(vscode.Uri.file(folder.dir), name);
    return loadPage(panel.webview, { title: "Braid", folder: pages, program: "panel.js" });
  };

  it("is made of what was built", async () => {
    const html = await load("");
    assert.match(html, /<script type="module" nonce="[0-9a-f]{32}">go\(\);<\/script>/u);
    assert.notEqual(html, await load(""), "a nonce is used once");
  });

  it("says in its place that an update took the files away, and what helps", async () => {
    const html = await load("gone");
    assert.match(html, /own files cannot be read: .*gone.*(?:panel\.js|styles\.css).*Reload the window\./su);
    assert.doesNotMatch(html, /<script/u);
  });
});
