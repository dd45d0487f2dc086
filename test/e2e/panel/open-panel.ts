import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { firstLookText, type FirstLook } from "../../../src/protocol/first-look";
import { panelPage } from "../../../src/protocol/panel-page";
import type { ReviewSource } from "../../../src/protocol/review-source";
import { serveReview, type ReviewService } from "../../../src/protocol/serve-review";
import { ROOT } from "../../workbench/root";
import { themeClass, themeStyle, type Theme } from "./themes";

/** The built panel in Chromium, with the real host end of the protocol and no VS Code. */
export interface OpenPanel {
  readonly page: Page;
  readonly service: ReviewService;
  /** Violations of the page's policy and uncaught errors, as Chromium reports them. */
  readonly complaints: readonly string[];
  /** Paths the page asked of the server. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** What to open, and how. */
export interface OpenPanelOptions {
  readonly browser: Browser;
  readonly source: ReviewSource;
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: boolean;
  /** Whether the host hears nothing of the page. */
  readonly deaf?: boolean;
  /** English where it is not said. */
  readonly language?: "de";
}

const TYPES: Readonly<Record<string, string>> = { ".js": "text/javascript", ".css": "text/css", ".ttf": "font/ttf" };
const NONCE = "0123456789abcdef";

/** Serves the bundle in dist/webview over loopback and opens it; `close` ends all of it. */
export async function openPanel(options: OpenPanelOptions): Promise<OpenPanel> {
  const requests: string[] = [];
  const complaints: string[] = [];
  // VS Code makes the page anew from the same document each time it comes back into sight.
  const serving: { service?: ReviewService; first?: Promise<FirstLook> | undefined } = {};
  const firstLook = async (): Promise<string | undefined> => {
    const look = await (serving.first ??= serving.service?.firstLook("1"));
    return look === undefined ? undefined : firstLookText(look);
  };
  const server = await listen({ requests, theme: options.theme ?? "dark", language: options.language, firstLook });
  const { port } = server.address() as AddressInfo;
  const context = await options.browser.newContext({
    viewport: { width: options.width ?? 1100, height: options.height ?? 800 },
    reducedMotion: (options.reducedMotion ?? true) ? "reduce" : "no-preference",
  });
  try {
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error" || /policy|refused/iu.test(message.text())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    const service = serveReview({
      source: options.source,
      // VS Code's channel is JSON; what JSON cannot carry must not get across here either.
      post: (message) => void page.evaluate(`window.postMessage(${JSON.stringify(message)}, "*")`).catch(onClosed),
    });
    serving.service = service;
    await page.exposeBinding("toHost", (_, message: string) => {
      if (options.deaf !== true) service.receive(JSON.parse(message));
    });
    await page.addInitScript(FAKE_API);
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.locator("h1, .empty").first().waitFor();
    return {
      page,
      service,
      complaints,
      requests,
      async close() {
        // What the page has complained of until now arrives before the answer does.
        await page.evaluate("0");
        service.dispose();
        await context.close();
        await closeServer(server);
      },
    };
  } catch (error) {
    await context.close();
    await closeServer(server);
    throw error;
  }
}

const FAKE_API = `
  let kept;
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => window.toHost(JSON.stringify(message)),
    getState: () => kept ?? JSON.parse(sessionStorage.getItem("kept") ?? "null"),
    setState: (state) => { kept = state; sessionStorage.setItem("kept", JSON.stringify(state)); },
  });
`;

interface ListenOptions {
  readonly requests: string[];
  readonly theme: Theme;
  readonly language: "de" | undefined;
  readonly firstLook: () => Promise<string | undefined>;
}

function listen({ requests, theme, language, firstLook }: ListenOptions): Promise<Server> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? "/";
    // The browser asks for this by itself; a webview's does not.
    if (path === "/favicon.ico") return void response.writeHead(204).end();
    requests.push(path);
    const origin = `http://${request.headers.host ?? ""}`;
    if (path === "/") {
      const html = panelPage({
        title: "Braid Review",
        nonce: NONCE,
        source: origin,
        program: built("panel.js"),
        style: built("styles.css"),
        folder: "/",
        language: language ?? "en",
        words: language === undefined ? undefined : wordsOf(language),
        first: await firstLook(),
      });
      response.setHeader("content-type", "text/html");
      // VS Code sets the theme's variables and class on the document; here a style sheet and a class do.
      response.end(
        html
          .replace("</head>", `<style id="theme" nonce="${NONCE}">:root { ${themeStyle(theme)} }</style></head>`)
          .replace("<body>", `<body class="${themeClass(theme)}">`),
      );
    } else if (/^\/[\w.-]+$/u.test(path) && TYPES[extname(path)] !== undefined) {
      response.setHeader("content-type", TYPES[extname(path)] ?? "");
      response.end(readFileSync(join(ROOT, "dist/webview", path.slice(1))));
    } else {
      response.statusCode = 404;
      response.end();
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function built(name: string): string {
  return readFileSync(join(ROOT, "dist/webview", name), "utf8");
}

function wordsOf(language: "de"): Record<string, string> {
  return JSON.parse(readFileSync(join(ROOT, `l10n/bundle.l10n.${language}.json`), "utf8")) as Record<string, string>;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function onClosed(error: unknown): void {
  if (!/closed|destroyed/u.test(String(error))) throw error;
}
