import { chromium, type Browser, type Page } from "playwright-core";
import { findProgram } from "./programs";

/** How a page is opened. */
export interface PageOptions {
  /** CSS pixels; 1400 × 900 by default. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Device pixels for each CSS pixel; 2 makes sharp pictures. */
  readonly scale?: number;
  readonly reducedMotion?: boolean;
  /** A browser that runs already: the page gets a profile of its own in it. */
  readonly browser?: Browser;
  /** Runs in each frame before anything else does. */
  readonly script?: string;
}

/** A page in a browser of its own; closing the browser closes both. */
export interface OpenPage {
  readonly page: Page;
  readonly browser: Browser;
}

/** Opens an address in headless Chromium (Debian's, or the one BRAID_CHROMIUM names). */
export async function openPage(url: string, options: PageOptions = {}): Promise<OpenPage> {
  const browser = options.browser ?? (await chromium.launch({ executablePath: chromiumPath(), args: [...FLAGS] }));
  try {
    const page = await browser.newPage({
      viewport: options.viewport ?? { width: 1400, height: 900 },
      deviceScaleFactor: options.scale ?? 1,
      reducedMotion: options.reducedMotion === true ? "reduce" : "no-preference",
    });
    if (options.script !== undefined) await page.addInitScript(options.script);
    await page.goto(url, { waitUntil: "domcontentloaded" });
    return { page, browser };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

// No sandbox: it needs what root in a container lacks, and the only page shown is ours. The rest keeps Chromium from
// calling home, which a closed network refuses by the dozen.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
] as const;

function chromiumPath(): string {
  const named = process.env["BRAID_CHROMIUM"];
  const found = named ?? findProgram(["chromium", "chromium-browser", "google-chrome"]);
  if (found === undefined) throw new Error("No Chromium found. Install the package chromium or set BRAID_CHROMIUM.");
  return found;
}
