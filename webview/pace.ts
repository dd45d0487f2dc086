const waiting: (() => void)[] = [];
let isUnderWay = false;

/** Runs things one by one, each in a turn of its own: keys and the wheel are heard in between. */
export function inTurn(run: () => void): void {
  waiting.push(run);
  if (!isUnderWay) setTimeout(next);
  isUnderWay = true;
}

function next(): void {
  const run = waiting.shift();
  isUnderWay = waiting.length > 0;
  if (isUnderWay) setTimeout(next);
  run?.();
}
