// The questions the benchmarks answer, each with the figures that do: name of the benchmark, and how the figures' names begin or what
// they hold.
const QUESTIONS = [
  ["8-way fan-out against the model's time", "fanout", /^wall \//u],
  ["other shapes of plans against list scheduling", "schedule", /bound/u],
  ["8-way fan-out against others", "peers", / \/ Braid$/u],
  ["8-way fan-out in 10,000 and 50,000 files", "large", /critical path$/u],
  ["the same with a command over the tree", "large", /checkouts$/u],
  ["approve to first request and first tool result, 50,000 files", "large", /approve to/u],
  ["what is sent", "fanout", /^system prompt|^sent/u],
  ["memory of one more worker", "memory", /^one more/u],
  ["accept of 20 files", "large", /accept of/u],
  ["events folded a second", "events", /^events folded/u],
  ["delay of the event loop at 5,000 events a second", "delay", /late by/u],
  ["panel: first paint and scroll", "panel", /./u],
  ["activate()", "activation", /^activate|^code loaded/u],
  ["code loaded, start to first request", "start", /^code loaded|^braid run/u],
  ["cost of the journal", "events", /fsync/u],
  ["growth with subtasks and files", "growth", /./u],
  ["growth with the log", "events", / \/ (?:one of|100 of|\d+ of)|one by one$/u],
];

/** A line for each figure of each question, or one that says that there is none. */
export function answers(measured) {
  return QUESTIONS.flatMap(([question, bench, which]) => {
    const figures = measured
      .filter(({ name }) => name === bench)
      .flatMap((one) => one.figures)
      .filter(({ name, limit }) => which.test(name) && limit !== undefined);
    if (figures.length === 0) return [`- ${question}: not measured`];
    return [`- ${question}`, ...figures.map((figure) => `    ${lineOf(figure)}`)];
  });
}

function lineOf({ name, unit, median, values, limit, moreIsBetter, reached }) {
  const sign = moreIsBetter ? "≥" : "≤";
  return `${reached ? "reached" : "MISSED "}  ${say(median)} ${unit} (${sign} ${say(limit)})  ${name}, ${values.length} times`;
}

function say(value) {
  if (value === null) return "nothing";
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(value >= 10 ? 1 : 2);
}
