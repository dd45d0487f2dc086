import { createInterface } from "node:readline/promises";
import { plain } from "../core/plain";
import { inTurn } from "../util/in-turn";
import { hasCode } from "../util/system-error";
import { EXIT } from "./exit";

/** Where a command prints and asks. */
export interface Terminal {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether somebody can be asked. */
  readonly interactive: boolean;
  /** Whether what is printed is seen at once, by a terminal that obeys what is in it; false where a file or a program gets it. */
  readonly isSeen?: boolean;
  out(line: string): void;
  error(line: string): void;
  /** Asks a yes-or-no question, as {@link ask} does; "no" unless the answer is y or yes. */
  confirm(question: string, signal?: AbortSignal): Promise<boolean>;
  /** Asks for a line of text, one question after the other; "" where there is no answer to be had. Rejects when the signal aborts. */
  ask(question: string, signal: AbortSignal): Promise<string>;
  /** Calls `listener` on Ctrl+C or a polite kill; the returned function stops listening. */
  onInterrupt(listener: () => void): () => void;
}

const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The process's own terminal. */
export function consoleTerminal(): Terminal {
  outliveReaders();
  const inOrder = inTurn();
  return {
    cwd: process.cwd(),
    env: process.env,
    interactive: process.stdin.isTTY && process.stdout.isTTY,
    isSeen: process.stdout.isTTY,
    out: (line) => void process.stdout.write(`${line}\n`),
    error: (line) => void process.stderr.write(`${line}\n`),
    async confirm(question, signal = new AbortController().signal) {
      const answer = await inOrder(() => readAnswer(`${question} [y/N] `, signal));
      return /^y(es)?$/iu.test(answer.trim());
    },
    ask: (question, signal) => inOrder(() => readAnswer(question, signal)),
    onInterrupt(listener) {
      for (const signal of INTERRUPTS) process.on(signal, listener);
      return () => {
        for (const signal of INTERRUPTS) process.off(signal, listener);
      };
    },
  };
}

/** Prints a file's text: to the byte for whoever keeps it, and as a terminal may have it for one. */
export function outText(terminal: Terminal, text: string): void {
  const whole = text.trimEnd();
  terminal.out(terminal.isSeen === true ? plain(whole) : whole);
}

/** Whatever becomes of who reads what is said, the run and its exit code are still asked for. */
function outliveReaders(): void {
  let told = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // Somebody closed the pipe (`| head`) or the window.
    if (told || hasCode(error, "EPIPE", "EIO")) return;
    told = true;
    process.stderr.write(`braid: What there is to say cannot be written: ${error.message}.\n`);
    process.once("exit", (code) => {
      if (code === EXIT.done) process.exitCode = EXIT.failed;
    });
  });
  // There is no other place to say it.
  process.stderr.on("error", () => undefined);
}

/** The end of the input is no answer. Ctrl+C is for the whole command, as without a question. */
function readAnswer(question: string, signal: AbortSignal): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => {
    reader.once("close", () => resolve(""));
  });
  reader.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  const asked = reader.question(question, { signal });
  return Promise.race([asked, ended]).finally(() => reader.close());
}
