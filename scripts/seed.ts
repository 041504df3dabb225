// Loaded before the tests: property tests take the same inputs in each run, so that a run which fails can be had again
// and a change that is right lands. `LARDER_SEED=random npm test` looks where nobody has looked; a number repeats one.
import fc from "fast-check";

const asked = process.env.LARDER_SEED ?? "9110";
if (asked !== "random") {
  if (!/^-?\d+$/.test(asked)) throw new Error(`LARDER_SEED: expected a whole number or "random", not "${asked}"`);
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(asked) });
}
