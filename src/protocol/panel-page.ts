/** What the page is made of; `nonce` is fresh for each load. */
export interface PanelPageOptions {
  readonly nonce: string;
  readonly title: string;
  /** The one source images and further programs may come from; the font stands in the style. */
  readonly source: string;
  /** The page's program and style, as they were built: a text that would end its element never gets into them. */
  readonly program: string;
  readonly style: string;
  /** The folder of what they load later, as a URI the page can load, with a slash at its end. */
  readonly folder: string;
  /** The language of the words, as VS Code names it, and the words themselves by their English; none for English. */
  readonly language: string;
  readonly words: Readonly<Record<string, unknown>> | undefined;
  /** What the page draws before it has asked for anything, by {@link firstLookText}. */
  readonly first?: string | undefined;
}

/**
 * The document of the review panel, or of a plan's preview. Program and style stand in it, under the nonce: as files each would be a way
 * through VS Code and back before anything is drawn. No other inline style or script, no network, no frames, no forms, no base.
 */
export function panelPage(options: PanelPageOptions): string {
  const { nonce, title, source, program, style, folder, words, first = "null" } = options;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' ${source}`,
    `style-src 'nonce-${nonce}'`,
    "font-src data:",
    `img-src ${source} data:`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  // Without words the page is English, whatever VS Code speaks. In the text of a script only `<` could end it.
  const language =
    words !== undefined && /^[a-z]{2,3}(?:-[a-z0-9]+)*$/iu.test(options.language) ? options.language : "en";
  const json = JSON.stringify(words ?? {}).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <style nonce="${nonce}">${style}</style>
    <script type="importmap" nonce="${nonce}">${JSON.stringify({ imports: { "braid/": folder } })}</script>
  </head>
  <body>
    <div id="root"></div>
    <script type="application/json" id="words">${json}</script>
    <script type="application/json" id="first">${first}</script>
    <script type="module" nonce="${nonce}">${program}</script>
  </body>
</html>
`;
}

/** A document that says why there is no page. */
export function problemPage(title: string, text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<!doctype html>
<html>
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'" />
    <title>${title}</title>
  </head>
  <body>
    <p>${escaped}</p>
  </body>
</html>
`;
}
