// One file in the package for all of these.
export { c, cpp, csharp, dart, java, kotlin, objectiveC, scala } from "@codemirror/legacy-modes/mode/clike";
export { go } from "@codemirror/legacy-modes/mode/go";
export { lua } from "@codemirror/legacy-modes/mode/lua";
export { perl } from "@codemirror/legacy-modes/mode/perl";
export { powerShell } from "@codemirror/legacy-modes/mode/powershell";
export { python } from "@codemirror/legacy-modes/mode/python";
export { r } from "@codemirror/legacy-modes/mode/r";
export { ruby } from "@codemirror/legacy-modes/mode/ruby";
export { rust } from "@codemirror/legacy-modes/mode/rust";
export { shell } from "@codemirror/legacy-modes/mode/shell";
export { swift } from "@codemirror/legacy-modes/mode/swift";
