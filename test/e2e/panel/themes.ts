import COLOURS from "./theme-colours.json";

/** Themes the panel is looked at in: VS Code's own, those of its oldest version first. */
export type Theme = keyof typeof COLOURS;

/** Their names in VS Code's list of themes. */
export const THEME_NAMES: Readonly<Record<Theme, string>> = {
  dark: "Dark Modern",
  light: "Light Modern",
  "high-contrast": "Dark High Contrast",
  "high-contrast-light": "Light High Contrast",
  "dark-2026": "Dark 2026",
  "light-2026": "Light 2026",
};

/** The themes there are in every VS Code. */
export const THEMES: readonly Theme[] = ["dark", "light", "high-contrast", "high-contrast-light"];

/** The colours the panel's style sheets ask for, by name, as VS Code gives them to a webview (test/e2e/amend.test.ts compares). */
export function themeColours(theme: Theme): Readonly<Record<string, string>> {
  return COLOURS[theme];
}

/** The variables VS Code sets on the root element, as a declaration: colours and fonts. */
export function themeStyle(theme: Theme): string {
  return Object.entries({ ...COLOURS[theme], ...FONTS })
    .map(([name, value]) => `--vscode-${name}: ${value};`)
    .join(" ");
}

/** The classes VS Code gives the body of a webview. */
export function themeClass(theme: Theme): string {
  if (theme === "high-contrast-light") return "vscode-high-contrast-light vscode-high-contrast";
  return `vscode-${theme.replace("-2026", "")}`;
}

const FONTS = {
  "font-family": "'DejaVu Sans', sans-serif",
  "font-size": "13px",
  "editor-font-family": "'DejaVu Sans Mono', monospace",
  "editor-font-size": "12px",
};
