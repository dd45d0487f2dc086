import * as l10n from "@vscode/l10n";

// The host puts the words of VS Code's language into the page; what has none stays English. Each page imports this first: a word
// that is kept in a constant is looked up while its file is loaded.
const words = typeof document === "undefined" ? null : document.getElementById("words")?.textContent;
if (words !== null && words !== undefined && words !== "") l10n.config({ contents: words });
