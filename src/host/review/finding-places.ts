import { readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { findingPath, type PlacedFinding } from "../../core/findings";
import { linesOf, mapLine } from "../../core/review/map-line";
import { readBlob, type Repository } from "../../git/repository";

/** Where a finding stands in the files as they are now: a line from 0. */
export interface Place {
  readonly uri: vscode.Uri;
  readonly line: number;
  /** First and last column of the line's words. */
  readonly from: number;
  readonly to: number;
}

interface OpenFile {
  readonly uri: vscode.Uri;
  readonly lines: readonly string[];
}

/** Longest file that is looked into, in bytes. */
const MAX_BYTES = 4_000_000;

/**
 * Finds the places of findings. A path a model wrote leads only to a plain file inside the repository, never through a link;
 * a line is followed from the commit it was found in to the text on screen or on disk, and one past the end is the last.
 */
export class FindingPlaces {
  readonly #repo: Repository;
  /** Lines of a path in a commit; neither ever changes. */
  readonly #before = new Map<string, Promise<readonly string[] | undefined>>();

  constructor(repo: Repository) {
    this.#repo = repo;
  }

  /** The place of each finding; undefined where its line is no more what it was, or there is no such file. */
  async of(findings: readonly PlacedFinding[]): Promise<readonly (Place | undefined)[]> {
    const files = new Map<string, Promise<OpenFile | undefined>>();
    const open = (path: string): Promise<OpenFile | undefined> => {
      const known = files.get(path) ?? this.#open(path);
      files.set(path, known);
      return known;
    };
    return Promise.all(
      findings.map(async (finding) => {
        const path = findingPath(finding.file);
        const file = path === undefined ? undefined : await open(path);
        return path === undefined || file === undefined ? undefined : this.#place(finding, path, file);
      }),
    );
  }

  async #open(path: string): Promise<OpenFile | undefined> {
    const file = await this.#plainFile(path);
    if (file === undefined) return undefined;
    const uri = vscode.Uri.file(file);
    const lines = await textOf(uri, file);
    return lines === undefined ? undefined : { uri, lines };
  }

  async #place(finding: PlacedFinding, path: string, { uri, lines }: OpenFile): Promise<Place | undefined> {
    const line = await this.#lineOf(finding, path, lines);
    if (line === undefined) return undefined;
    const words = lines[line - 1] ?? "";
    return {
      uri,
      line: line - 1,
      from: words.length - words.trimStart().length,
      to: Math.max(1, words.trimEnd().length),
    };
  }

  async #lineOf(finding: PlacedFinding, path: string, after: readonly string[]): Promise<number | undefined> {
    // About the file as a whole: its first line stands for it as long as there is a file.
    if (finding.line === null) return 1;
    const before = finding.commit === null ? undefined : await this.#linesIn(finding.commit, path);
    // What the worker saw is not there to compare with: the line is taken at its word.
    if (before === undefined) return Math.min(finding.line, Math.max(1, after.length));
    return mapLine(before, after, Math.min(finding.line, lastLine(before)));
  }

  #linesIn(commit: string, path: string): Promise<readonly string[] | undefined> {
    const key = `${commit}:${path}`;
    const known = this.#before.get(key);
    if (known !== undefined) return known;
    const read = readBlob(this.#repo, commit, path).then(
      (blob) => (blob === undefined || blob.length > MAX_BYTES ? undefined : linesOf(blob.toString("utf8"))),
      () => undefined,
    );
    this.#before.set(key, read);
    return read;
  }

  async #plainFile(path: string): Promise<string | undefined> {
    const file = join(this.#repo.dir, path);
    try {
      const entry = await stat(file);
      // The repository's own path is real, so any difference is a link somewhere below it.
      return entry.isFile() && entry.size <= MAX_BYTES && (await realpath(file)) === file ? file : undefined;
    } catch {
      return undefined;
    }
  }
}

/** The text on screen where the file is open, else the one on disk. */
async function textOf(uri: vscode.Uri, file: string): Promise<readonly string[] | undefined> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return linesOf(open.getText());
  return readFile(file, "utf8").then(linesOf, () => undefined);
}

/** What follows the final line feed is no line to people. */
function lastLine(lines: readonly string[]): number {
  return Math.max(1, lines.at(-1) === "" ? lines.length - 1 : lines.length);
}
