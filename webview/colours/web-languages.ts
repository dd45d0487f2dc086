// One file in the package for all of these.
export { css, less, sCSS } from "@codemirror/legacy-modes/mode/css";
export { javascript, json, typescript } from "@codemirror/legacy-modes/mode/javascript";
export { html, xml } from "@codemirror/legacy-modes/mode/xml";
