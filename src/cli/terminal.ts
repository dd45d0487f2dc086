import { createInterface } from "node:readline/promises";

/** Where a command prints and asks. */
export interface Terminal {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether somebody can be asked. */
  readonly interactive: boolean;
  out(line: string): void;
  error(line: string): void;
  /** Asks a yes-or-no question; "no" unless the answer is y or yes. */
  confirm(question: string): Promise<boolean>;
  /** Asks anything; the answer as it was typed. */
  ask(question: string): Promise<string>;
  /** Calls `listener` on Ctrl+C or a polite kill; the returned function stops listening. */
  onInterrupt(listener: () => void): () => void;
}

const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The process's own terminal. */
export function consoleTerminal(): Terminal {
  // Somebody closed the pipe (`| head`): nobody reads any more, but the run and its exit code are still asked for.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  return {
    cwd: process.cwd(),
    env: process.env,
    interactive: process.stdin.isTTY && process.stdout.isTTY,
    out: (line) => void process.stdout.write(`${line}\n`),
    error: (line) => void process.stderr.write(`${line}\n`),
    ask,
    confirm: async (question) => /^y(es)?$/iu.test((await ask(`${question} [y/N] `)).trim()),
    onInterrupt(listener) {
      for (const signal of INTERRUPTS) process.on(signal, listener);
      return () => {
        for (const signal of INTERRUPTS) process.off(signal, listener);
      };
    },
  };
}

async function ask(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  return reader.question(question).finally(() => reader.close());
}
