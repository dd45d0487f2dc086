/** Where the page's parts are, as URIs the page can load; `nonce` is fresh for each load. */
export interface PanelPageOptions {
  readonly nonce: string;
  readonly title: string;
  /** The one source style, font and image may come from. */
  readonly source: string;
  readonly script: string;
  readonly style: string;
  /** The language of the words, as VS Code names it, and the words themselves by their English; none for English. */
  readonly language: string;
  readonly words: Readonly<Record<string, unknown>> | undefined;
  /** What the page draws before it has asked for anything, by {@link firstLookText}. */
  readonly first?: string | undefined;
}

/** The document of the review panel, or of a plan's preview. No inline style or script, no network, no frames, no forms, no base. */
export function panelPage(options: PanelPageOptions): string {
  const { nonce, title, source, script, style, words, first = "null" } = options;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' ${source}`,
    `style-src ${source}`,
    `font-src ${source}`,
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
    <link rel="stylesheet" href="${style}" />
  </head>
  <body>
    <div id="root"></div>
    <script type="application/json" id="words">${json}</script>
    <script type="application/json" id="first">${first}</script>
    <script type="module" nonce="${nonce}" src="${script}"></script>
  </body>
</html>
`;
}
