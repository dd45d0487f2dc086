// One file in the package for all of these.
export { dockerFile } from "@codemirror/legacy-modes/mode/dockerfile";
export { properties } from "@codemirror/legacy-modes/mode/properties";
export { protobuf } from "@codemirror/legacy-modes/mode/protobuf";
export { standardSQL } from "@codemirror/legacy-modes/mode/sql";
export { toml } from "@codemirror/legacy-modes/mode/toml";
export { yaml } from "@codemirror/legacy-modes/mode/yaml";
