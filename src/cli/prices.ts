import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { BraidError, failure } from "../core/failure";
import { withOwnPrices } from "../model/own-prices";
import { PRICES, type PriceRule } from "../model/prices";
import type { Terminal } from "./terminal";

/** Braid's prices, behind those of the JSON file `BRAID_PRICES` names. Throws `setting.invalid`. */
export async function pricesOf(terminal: Terminal): Promise<readonly PriceRule[]> {
  const file = terminal.env["BRAID_PRICES"];
  if (file === undefined || file === "") return PRICES;
  const text = await readFile(resolve(terminal.cwd, file), "utf8").catch((error: unknown) => {
    throw invalid(file, "It cannot be read.", error);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(file, "It is not JSON.", error);
  }
  const own = withOwnPrices(value);
  if (!own.ok) throw invalid(file, own.problem);
  return own.prices;
}

function invalid(file: string, problem: string, cause?: unknown): BraidError {
  return new BraidError(
    failure("setting.invalid", `The prices in ${file} cannot be used. ${problem}`, {
      hint: "Correct the file BRAID_PRICES names, or unset it.",
    }),
    { cause },
  );
}
