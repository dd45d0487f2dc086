import * as vscode from "vscode";
import { findingPath, findingsOf, type PlacedFinding } from "../../core/findings";
import type { RunView } from "../../core/state/view";
import type { Repository } from "../../git/repository";
import { asText, asTooltip } from "../as-text";
import { FindingPlaces, type Place } from "./finding-places";

/** Changes that come closer together than this are looked at together, in milliseconds. */
const QUIET_MS = 250;
/** Most findings shown in the editor; the report has all of them. */
const MAX_SHOWN = 1_000;

/** What every diagnostic of ours begins its source with. */
const SOURCE = "Braid · ";

/** The window's run, as far as findings go. */
export interface FindingSource {
  readonly run: { readonly id: string; readonly ports: { readonly repo: Repository } } | undefined;
  readonly view: RunView | undefined;
  onDidChange(listener: () => void): { dispose(): void };
}

/** A finding where it stands on screen. */
export interface ShownFinding {
  /** Names it in commands, as long as it is shown. */
  readonly key: string;
  readonly finding: PlacedFinding;
  readonly diagnostic: vscode.Diagnostic;
}

/**
 * The findings of the window's run as diagnostics. They follow the files: a line that moved takes its finding along, one
 * that changed loses it. A run that is closed, or a subtask that is tried again, takes its findings away.
 */
export class FindingDiagnostics implements vscode.Disposable {
  readonly #owner: FindingSource;
  readonly #collection = vscode.languages.createDiagnosticCollection("braid findings");
  readonly #listeners: readonly vscode.Disposable[];
  #places: { readonly repo: Repository; readonly places: FindingPlaces } | undefined;
  #shown = new Map<string, readonly ShownFinding[]>();
  #timer: NodeJS.Timeout | undefined;
  #signature = "";
  /** Counts looks, so that a slow one never overwrites a later one. */
  #looks = 0;

  constructor(owner: FindingSource) {
    this.#owner = owner;
    const soon = (uri: vscode.Uri) => this.#mayHold(uri) && this.#schedule();
    this.#listeners = [
      this.#collection,
      new vscode.Disposable(() => clearTimeout(this.#timer)),
      vscode.Disposable.from(owner.onDidChange(() => this.#runChanged())),
      // Files change on disk without a word, by a switch of branches for one.
      vscode.window.onDidChangeWindowState(({ focused }) => focused && this.#schedule()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => soon(document.uri)),
      vscode.workspace.onDidOpenTextDocument(({ uri }) => soon(uri)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => soon(uri)),
    ];
  }

  /** What is shown in a document. */
  in(uri: vscode.Uri): readonly ShownFinding[] {
    return this.#shown.get(uri.toString()) ?? [];
  }

  /** The finding a command names; undefined where it is no longer shown. */
  find(key: unknown): PlacedFinding | undefined {
    for (const shown of this.#shown.values()) for (const one of shown) if (one.key === key) return one.finding;
    return undefined;
  }

  dispose(): void {
    this.#looks += 1;
    for (const listener of this.#listeners) listener.dispose();
  }

  #findings(): readonly PlacedFinding[] {
    const { view } = this.#owner;
    return view === undefined ? [] : findingsOf(view).slice(0, MAX_SHOWN);
  }

  /** Whether a document is one that findings are about, also where none shows in it now. */
  #mayHold(uri: vscode.Uri): boolean {
    if (uri.scheme !== "file") return false;
    const path = uri.path;
    return this.#findings().some(({ file }) => {
      const own = findingPath(file);
      return own !== undefined && path.endsWith(`/${own}`);
    });
  }

  /** A run changes with every turn of its workers; its findings, and the files they are about, seldom do. */
  #runChanged(): void {
    const { run, view } = this.#owner;
    const signature = JSON.stringify([run?.id, view?.counts.accepted, this.#findings()]);
    if (signature === this.#signature) return;
    this.#signature = signature;
    this.#schedule();
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#look();
    }, QUIET_MS);
  }

  async #look(): Promise<void> {
    this.#looks += 1;
    const look = this.#looks;
    const { run } = this.#owner;
    const findings = this.#findings();
    const shown = new Map<string, ShownFinding[]>();
    if (run !== undefined && findings.length > 0) {
      const { repo } = run.ports;
      if (this.#places?.repo !== repo) this.#places = { repo, places: new FindingPlaces(repo) };
      const { places } = this.#places;
      const found = await places.of(findings);
      findings.forEach((finding, i) => {
        const place = found[i];
        if (place === undefined) return;
        const key = place.uri.toString();
        const one = { key: `${run.id}/${i}`, finding, diagnostic: toDiagnostic(finding, place) };
        shown.set(key, [...(shown.get(key) ?? []), one]);
      });
    }
    if (look !== this.#looks) return;
    this.#shown = shown;
    this.#collection.clear();
    this.#collection.set([...shown].map(([uri, own]) => [vscode.Uri.parse(uri), own.map((one) => one.diagnostic)]));
  }
}

/** Whether a diagnostic is one of ours. */
export function isFinding(diagnostic: vscode.Diagnostic): boolean {
  return diagnostic.source?.startsWith(SOURCE) ?? false;
}

function toDiagnostic(finding: PlacedFinding, place: Place): vscode.Diagnostic {
  const range = new vscode.Range(place.line, Math.min(place.from, place.to - 1), place.line, place.to);
  const diagnostic = new vscode.Diagnostic(range, asTooltip(finding.message), severityOf(finding.severity));
  diagnostic.source = `${SOURCE}${asText(finding.role)}`;
  if (finding.fix !== null)
    diagnostic.relatedInformation = [
      new vscode.DiagnosticRelatedInformation(
        new vscode.Location(place.uri, range),
        vscode.l10n.t("Fix: {0}", asTooltip(finding.fix)),
      ),
    ];
  return diagnostic;
}

function severityOf(severity: PlacedFinding["severity"]): vscode.DiagnosticSeverity {
  switch (severity) {
    case "error":
      return vscode.DiagnosticSeverity.Error;
    case "warning":
      return vscode.DiagnosticSeverity.Warning;
    case "info":
      return vscode.DiagnosticSeverity.Information;
  }
}
