import assert from "node:assert/strict";
import { test } from "node:test";
import { networkInput, planSteps, type Schedule, takeStep } from "./euler.ts";

const STABLE_DIFFUSION = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: "scaled_linear" };
const near = (a: number, b: number, by = 1e-4) => assert.ok(Math.abs(a - b) < by, `${a} is not near ${b}`);
const none = () => assert.fail("no noise was needed");

test("the noise goes from 14.6146 to 0.0292, as the authors of k-diffusion give it for Stable Diffusion", () => {
  const { timesteps, sigmas, start, method, answers } = planSteps(STABLE_DIFFUSION, 25);
  assert.equal(timesteps.length, 25);
  assert.deepEqual([timesteps[0], timesteps[24]], [999, 0]);
  near(sigmas[0]!, 14.6146);
  near(sigmas[24]!, 0.0292);
  assert.equal(sigmas[25], 0);
  assert.ok(sigmas.every((sigma, i) => i === 0 || sigma < sigmas[i - 1]!));
  assert.deepEqual([start, method, answers], [sigmas[0], "plain", "epsilon"]);
});

test("steps are spread as the weights say", () => {
  const steps = (timestep_spacing: string, count: number, more = {}) =>
    planSteps({ ...STABLE_DIFFUSION, timestep_spacing, ...more }, count).timesteps;
  assert.deepEqual(steps("trailing", 4), [999, 749, 499, 249]);
  assert.deepEqual(steps("trailing", 1), [999]);
  assert.deepEqual(steps("linspace", 1), [999]);
  assert.deepEqual(steps("linspace", 4), [999, 666, 333, 0]);
  assert.deepEqual(steps("leading", 4, { steps_offset: 1 }), [751, 501, 251, 1]);
  const leading = planSteps({ ...STABLE_DIFFUSION, timestep_spacing: "leading" }, 4);
  near(leading.start ** 2, leading.sigmas[0]! ** 2 + 1);
});

test("what the weights want and is not known is an error", () => {
  assert.throws(() => planSteps({ prediction_type: "sample" }, 1), /type sample are not known/);
  assert.throws(() => planSteps({ timestep_spacing: "odd" }, 1), /kind odd are not known/);
  assert.throws(() => planSteps({ beta_schedule: "odd" }, 1), /kind odd is not known/);
});

/** Steps with a network that always says what noise there is on `clean`. */
function walk(schedule: Schedule, clean: number, first: number, noise: (count: number) => Float32Array) {
  let latent: Float32Array = Float32Array.of(first);
  const seen: number[] = [];
  for (let i = 0; i < schedule.timesteps.length; i++) {
    const sigma = schedule.sigmas[i]!;
    const [input] = networkInput(latent, sigma) as unknown as [number];
    near(input, latent[0]! / Math.sqrt(sigma ** 2 + 1), 1e-6);
    const epsilon = (latent[0]! - clean) / sigma;
    // Salimans and Ho: v = alpha × noise - sigma × clean, of a latent that is scaled to variance 1.
    const velocity = (epsilon - sigma * clean) / Math.sqrt(sigma ** 2 + 1);
    const answer = Float32Array.of(schedule.answers === "epsilon" ? epsilon : velocity);
    latent = takeStep({ schedule, i, latent, answer, noise });
    seen.push(latent[0]!);
  }
  return seen;
}

test("a network that knows the noise leads straight to the picture, in as many steps as one likes", () => {
  for (const steps of [1, 2, 7, 30]) {
    for (const prediction_type of ["epsilon", "v_prediction"]) {
      const schedule = planSteps({ ...STABLE_DIFFUSION, prediction_type }, steps);
      const seen = walk(schedule, 0.7, -20, none);
      near(seen.at(-1)!, 0.7);
      // Plain Euler on a straight line: what is left of the noise is in proportion to sigma.
      for (const [i, value] of seen.entries())
        near((value - 0.7) / (-20 - 0.7), schedule.sigmas[i + 1]! / schedule.sigmas[0]!);
    }
  }
});

test("the ancestral method replaces noise, and ends without", () => {
  const schedule = planSteps({ ...STABLE_DIFFUSION, _class_name: "EulerAncestralDiscreteScheduler" }, 5);
  assert.equal(schedule.method, "ancestral");
  const still = walk(schedule, 0.7, 30, (count) => new Float32Array(count));
  const stirred = walk(schedule, 0.7, 30, (count) => new Float32Array(count).fill(1));
  let left = 30 - 0.7;
  let added = left;
  for (let i = 0; i < 5; i++) {
    const [from, to] = [schedule.sigmas[i]!, schedule.sigmas[i + 1]!];
    // Both parts together have the variance of the next level.
    const down = to ** 2 / from;
    left *= down / from;
    added = (added * down) / from + Math.sqrt(to ** 2 - down ** 2);
    near(still[i]! - 0.7, left, 1e-3);
    near(stirred[i]! - 0.7, added, 1e-3);
  }
  near(stirred[4]!, 0.7);
  assert.equal(walk(planSteps({ ...STABLE_DIFFUSION, _class_name: "EulerAncestral" }, 1), 0.7, 3, none).length, 1);
});

test("a consistency network does the steps it learnt, and each goes to the picture and back to less noise", () => {
  const config = {
    ...STABLE_DIFFUSION,
    _class_name: "LCMScheduler",
    timestep_spacing: "leading",
    original_inference_steps: 50,
  };
  assert.deepEqual(planSteps(config, 4).timesteps, [999, 759, 499, 259]);
  assert.deepEqual(planSteps(config, 1).timesteps, [999]);
  assert.deepEqual(planSteps(config, 50).timesteps.slice(-2), [39, 19]);
  assert.throws(() => planSteps(config, 51), /at most 50 steps, not 51/);
  const schedule = planSteps(config, 4);
  near(schedule.start ** 2, schedule.sigmas[0]! ** 2 + 1);
  const seen = walk(schedule, 0.7, 30, (count) => new Float32Array(count).fill(1));
  for (const [i, value] of seen.entries()) near(value, 0.7 + schedule.sigmas[i + 1]!, 1e-3);
  // The exact weights of the answer and of the input: sigma_data 0.5, timesteps times 10.
  const [skip, out] = [0.25 / (190 ** 2 + 0.25), 190 / Math.sqrt(190 ** 2 + 0.25)];
  assert.ok(skip < 1e-5 && 1 - out < 1e-5);
});
