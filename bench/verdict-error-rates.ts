/**
 * How often verdicts are wrong: `node bench/run.mjs verdict-error-rates [EXPERIMENTS] [N…] [SHAPE…] [TRUTH…]`, by default 2000
 * experiments of 5, 10, 30 and 100 patients, every shape ("normal", "skewed right", "skewed left", "heavy tails") and every
 * truth ("none", "planted", "margin"). One line for each setting.
 */
import { calledEquivalent, claimed, SHAPES, verdictRates } from '#src/statistics/testing/simulated-verdicts';

const TRUTHS = {
  none: { gap: 0, spread: 0.05, rate: claimed, what: 'no effect: inflation claimed (at most 5 %)' },
  planted: {
    gap: 0.05,
    spread: 0.05,
    rate: claimed,
    what: 'gap .05: inflation found (n = 30: at least 90 %)',
  },
  margin: {
    gap: 0.02,
    spread: 0.02,
    rate: calledEquivalent,
    what: 'gap = margin .02: equivalence claimed (at most 5 %)',
  },
} as const;

const words = process.argv.slice(2);
const [experiments = 2000, ...sizes] = words.map(Number).filter(Number.isFinite);
const chosen = <T extends string>(all: readonly T[]) => {
  const named = all.filter((entry) => words.includes(entry));
  return named.length > 0 ? named : all;
};
const margin = 0.02;

for (const n of sizes.length > 0 ? sizes : [5, 10, 30, 100])
  for (const truth of chosen(Object.keys(TRUTHS) as (keyof typeof TRUTHS)[]))
    for (const shape of chosen(SHAPES)) {
      const { gap, spread, rate, what } = TRUTHS[truth];
      const share = rate(verdictRates({ n, shape, gap, spread, margin }, experiments, 1));
      const error = Math.sqrt((share * (1 - share)) / experiments);
      console.log(
        `n = ${String(n).padStart(3)}  ${shape.padEnd(12)}  ${(100 * share).toFixed(1).padStart(5)} % ± ${(100 * error).toFixed(1)}  ${what}`,
      );
    }
