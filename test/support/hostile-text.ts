import { visibleText } from "../../src/core/visible";

/**
 * Texts of strangers, each of which some renderer takes for more than a text: markup, links, icons, templates, what turns or hides
 * other text. `ran()` and `/sink` stand for a script that must not run and a request that must not be made.
 */
export const PAYLOADS: readonly string[] = [
  `<img src=/sink onerror=ran()>`,
  `<script>ran()</script>`,
  `</script><script>ran()</script>`,
  `</title><script>ran()</script>`,
  `"><svg onload=ran()>`,
  `'><svg/onload=ran()>`,
  `<svg><image href=/sink /></svg>`,
  `<svg><animate onbegin=ran() attributeName=x dur=1s>`,
  `<iframe src=/sink></iframe>`,
  `<iframe srcdoc="<script>parent.ran()</script>">`,
  `<object data=/sink></object>`,
  `<embed src=/sink>`,
  `<video poster=/sink autoplay src=/sink>`,
  `<audio src=/sink onerror=ran()>`,
  `<link rel=stylesheet href=/sink>`,
  `<link rel=dns-prefetch href=//sink.example>`,
  `<meta http-equiv=refresh content="0;url=/sink">`,
  `<base href=/sink/>`,
  `<form action=/sink><button autofocus onfocus=ran()>`,
  `<input autofocus onfocus=ran()>`,
  `<details open ontoggle=ran()>`,
  `<body onload=ran()>`,
  `<style>@import "/sink"; * { background: url(/sink) }</style>`,
  `<div style="background:url(/sink)">`,
  `<a href="javascript:ran()">go</a>`,
  `javascript:ran()`,
  `command:braid.accept?%5B%22session-store%22%5D`,
  `![x](/sink?d=SECRET)`,
  `[x]: /sink "ref" ![x][x]`,
  `[click](command:workbench.action.terminal.new)`,
  `vscode-resource:/etc/passwd`,
  "${ran()} {{ran()}} #{ran()} <%= ran() %>",
  "`${ran()}`",
  `<math><mtext></form><form><mglyph><style></math><img src onerror=ran()>`,
  `<noscript><p title="</noscript><img src=x onerror=ran()>">`,
  `<template><img src=/sink onerror=ran()></template>`,
  `&lt;img src=x onerror=ran()&gt; &#60;script&#62;`,
  `constructor.constructor("ran()")()`,
  `__proto__[x]=ran()`,
  `\u202e<script>ran()</script>\u2066`,
  `\u001b]8;;http://sink.example\u0007link\u001b]8;;\u0007`,
  `[x](command:workbench.action.terminal.sendSequence?%7B%22text%22%3A%22id%5Cn%22%7D "t")`,
  `[x](vscode://braid.braid/accept?run=1)`,
  `[x](file:///etc/passwd)`,
  `<file:///etc/passwd> <command:x>`,
  `$(trash) $(sync~spin) $(alert)`,
  `admin\u200b\u{e0041}\u{e007f}\ufeff`,
  `if (\u2067role == "user\u2069 \u2066") // admin\u2069`,
  `\u001b[2J\u001b]0;owned\u0007`,
  `a\u0000b\u0085c\u2028d`,
  `\u3164\u115f\u17b4\u180e\u2800`,
  `%2e%2e/%00\rSet-Cookie: x`,
];

/** What VS Code makes of a label: links to web pages, files and commands, and icons. */
export const BECOMES_SOMETHING = /\[[^\]]+\]\([^)]*\)|\$\([a-z0-9-]+(?:~[a-z-]+)?\)/iu;

/** The row of the research's threat table a payload belongs to. */
export function rowOf(payload: string): "W01" | "W02" | "W05" | "W06" {
  if (visibleText(payload, "prose") !== payload) return "W05";
  if (/(?:command|vscode|vscode-resource|file|javascript):/u.test(payload)) return "W06";
  return /sink|srcdoc|import/u.test(payload) ? "W02" : "W01";
}
