/** What the prompt says about the camera, by plain rules, and the path the camera then takes. */

/** Where the camera is, in shares of the picture's width and height. 0 everywhere = the picture as it is. */
export interface Camera {
  /** Sideways and upwards; the picture moves the other way, near things more than far ones. */
  x: number;
  y: number;
  /** Forwards. */
  z: number;
  /** Around the middle of the scene: near things move one way, far ones the other. */
  turn: number;
}

const STILL: Camera = { x: 0, y: 0, z: 0, turn: 0 };

/** Each move goes from one place to another. Words between verb and direction ("pans slowly to the left") are allowed. */
const MOVES: { words: RegExp; from: Partial<Camera>; to: Partial<Camera> }[] = [
  { words: verb("push|zoom|dolly|move", "in|closer|forwards?"), from: {}, to: { z: 0.2 } },
  { words: verb("pull|zoom|dolly|move", "out|back|backwards?|away"), from: { z: 0.2 }, to: {} },
  { words: verb("pan|truck|slide|move", "left"), from: { x: 0.05 }, to: { x: -0.05 } },
  { words: verb("pan|truck|slide|move", "right"), from: { x: -0.05 }, to: { x: 0.05 } },
  { words: verb("tilt|pedestal|crane|rise|move", "up|upwards?"), from: { y: -0.05 }, to: { y: 0.05 } },
  { words: verb("tilt|pedestal|crane|move", "down|downwards?"), from: { y: 0.05 }, to: { y: -0.05 } },
  {
    words: /\borbit\w*|\barc shot\b|\bcircl\w+ around\b|\brotat\w+ around\b/i,
    from: { turn: -0.04 },
    to: { turn: 0.04 },
  },
  { words: /\bstatic\b|\bfixed shot\b|\bstill camera\b/i, from: {}, to: {} },
];

function verb(verbs: string, directions: string): RegExp {
  return new RegExp(
    `\\b(?:${verbs})(?:s|e?d|n?ing)?\\s+(?:(?:slow|quick|gent|smooth|slight)\\w*\\s+|to\\s+|towards?\\s+|the\\s+)*(?:${directions})\\b`,
    "i",
  );
}

export interface Shot {
  /** The text in double quotes, if there is one. */
  caption: string | undefined;
  /** The prompt without commands in brackets and without quotes: what a title frame shows. */
  title: string;
  /** The camera at a moment, 0 = first frame, 1 = last. */
  at(moment: number): Camera;
}

/**
 * "then" separates moves that follow one another; moves not so separated happen at the same time. No move named: push in.
 * "slow", "gentle" and the like make a move smaller, "fast" and "quick" larger.
 */
export function readPrompt(prompt: string, seed: number): Shot {
  const caption = /["“”„]([^"“”„]{1,200})["“”]/.exec(prompt)?.[1]?.trim() || undefined;
  // What is to be shown as a caption gives no orders.
  const orders = prompt.replace(/["“”„][^"“”„]*["“”]/g, " ");
  const title = orders
    .replace(/\[[^\]]*\]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  const phases = orders
    .split(/\bthen\b/i)
    .map((text) => ({ moves: MOVES.filter(({ words }) => words.test(text)), force: forceOf(text) }))
    .filter(({ moves }) => moves.length > 0);
  if (phases.length === 0) phases.push({ moves: [MOVES[0]!], force: forceOf(orders) });

  return {
    caption,
    title,
    at(moment) {
      const index = Math.min(phases.length - 1, Math.floor(moment * phases.length));
      const share = ease(moment * phases.length - index);
      const camera = { ...STILL };
      // What earlier moves have reached stays; what later ones start from is there from the beginning.
      for (const [i, { moves, force }] of phases.entries()) {
        for (const { from, to } of moves) {
          const done = i < index ? 1 : i > index ? 0 : share;
          for (const axis of ["x", "y", "z", "turn"] as const) {
            const [start, end] = [from[axis] ?? 0, to[axis] ?? 0];
            camera[axis] += force * (start + (end - start) * done);
          }
        }
      }
      return sway(camera, moment, seed);
    },
  };
}

function forceOf(text: string): number {
  if (/\b(slow|gentle|subtle|slight)/i.test(text)) return 0.6;
  return /\b(fast|quick|rapid|dramatic)/i.test(text) ? 1.5 : 1;
}

function ease(share: number): number {
  return share * share * (3 - 2 * share);
}

/** The barely visible unrest of a hand. */
function sway(camera: Camera, moment: number, seed: number): Camera {
  const wave = (speed: number, phase: number) =>
    0.0025 * Math.sin(speed * moment * Math.PI + ((seed * phase) % 628) / 100);
  return { ...camera, x: camera.x + wave(3, 37), y: camera.y + wave(2, 91) };
}
