// `npm run package`: the VSIX. Its README is the one of this folder as a reader outside of it can use it: pictures and links lead to the
// commit on GitHub where the workflow runs; without such a place there are no pictures, since nobody could show them.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_SHA: commit } = process.env;
const isPublic = [server, repository, commit].every((part) => part !== undefined);
const home = `${server}/${repository}`;

const readme = readFileSync("README.md", "utf8")
  // Neither the Marketplace nor VS Code chooses a picture by theme.
  .replaceAll(/<picture>[\s\S]*?(<img[^>]*>)[\s\S]*?<\/picture>/gu, "$1");
const pictures = /^<img[^>]*>$\n?|!\[[^\]]*\]\((?!https:)[^)]*\)|<img[^>]*src="(?!https:)[^>]*>/gmu;
mkdirSync("dist", { recursive: true });
writeFileSync("dist/README.md", isPublic ? readme : readme.replaceAll(pictures, ""));

const links = isPublic
  ? ["--baseContentUrl", `${home}/blob/${commit}`, "--baseImagesUrl", `${home}/raw/${commit}`]
  : ["--no-rewrite-relative-links"];
const argv = ["package", "--no-dependencies", "--readme-path", "dist/README.md", ...links, "--out", "dist/braid.vsix"];
execFileSync("npx", ["--no-install", "vsce", ...argv], { stdio: "inherit", shell: process.platform === "win32" });
