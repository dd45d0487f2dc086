/** Where the page's parts are, as URIs the page can load; `nonce` is fresh for each load. */
export interface PanelPageOptions {
  readonly nonce: string;
  readonly title: string;
  /** The one source style, font and image may come from. */
  readonly source: string;
  readonly script: string;
  readonly style: string;
}

/** The document of the review panel, or of a plan's preview. No inline style or script, no network, no frames, no forms, no base. */
export function panelPage({ nonce, title, source, script, style }: PanelPageOptions): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' ${source}`,
    `style-src ${source}`,
    `font-src ${source}`,
    `img-src ${source} data:`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <link rel="stylesheet" href="${style}" />
  </head>
  <body>
    <div id="root"></div>
    <script type="module" nonce="${nonce}" src="${script}"></script>
  </body>
</html>
`;
}
