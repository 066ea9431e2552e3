/** SDXL Turbo: a Modelyard service; drawing-service.ts says how it talks. */

import { loadDiffusion } from "./diffusion.ts";
import { serveDrawings } from "./drawing-service.ts";
import { loadConditioner } from "./two-encoders.ts";

/** `scaling_factor` of the autoencoder of Stable Diffusion XL (its config.json). */
const LATENT_SCALE = 0.13025;

const folder = process.env.WEIGHTS_DIR ?? "weights";
await serveDrawings(async () => ({
  condition: await loadConditioner(folder),
  draw: await loadDiffusion(folder, LATENT_SCALE),
  defaults: { steps: 2, scale: 1, strength: 0.5, size: 512 },
}));
