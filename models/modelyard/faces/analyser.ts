/** face-api: finds faces, and guesses age, gender and expression of each. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface Face {
  /** 0 to 1: how sure the network is that this is a face. */
  score: number;
  /** Pixels. */
  box: { x: number; y: number; width: number; height: number };
  /** Years, as the face looks to the network. */
  age: number;
  gender: "female" | "male";
  genderScore: number;
  /** Likelihood of each of seven expressions; together 1. */
  expressions: Record<string, number>;
}

export type Analyse = (picture: { pixels: Buffer; width: number; height: number }, least: number) => Promise<Face[]>;

export async function loadAnalyser(): Promise<Analyse> {
  const open = createRequire(import.meta.url);
  const faceApi = open("@vladmandic/face-api/dist/face-api.node-wasm.js");
  const tf = open("@tensorflow/tfjs");
  const wasm = open("@tensorflow/tfjs-backend-wasm");
  wasm.setThreadsCount(1);
  await tf.setBackend("wasm");
  await tf.ready();
  // The package carries its networks.
  const networks = join(dirname(open.resolve("@vladmandic/face-api/package.json")), "model");
  const { ssdMobilenetv1, ageGenderNet, faceLandmark68Net, faceExpressionNet } = faceApi.nets;
  for (const network of [ssdMobilenetv1, ageGenderNet, faceLandmark68Net, faceExpressionNet])
    await network.loadFromDisk(networks);

  return async ({ pixels, width, height }, least) => {
    const input = tf.tensor3d(Int32Array.from(pixels), [height, width, 3], "int32");
    try {
      const options = new faceApi.SsdMobilenetv1Options({ minConfidence: least, maxResults: 100 });
      const found = await faceApi
        .detectAllFaces(input, options)
        .withFaceLandmarks()
        .withFaceExpressions()
        .withAgeAndGender();
      return found.map(toFace);
    } finally {
      tf.dispose(input);
    }
  };
}

interface Found {
  detection: { score: number; box: { x: number; y: number; width: number; height: number } };
  age: number;
  gender: "female" | "male";
  genderProbability: number;
  expressions: Record<string, number>;
}

function toFace({ detection, age, gender, genderProbability, expressions }: Found): Face {
  const { x, y, width, height } = detection.box;
  const part = (value: number) => Math.round(value * 1000) / 1000;
  return {
    score: part(detection.score),
    box: { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) },
    age: Math.round(age),
    gender,
    genderScore: part(genderProbability),
    expressions: Object.fromEntries(
      Object.entries(expressions)
        .filter(([, value]) => typeof value === "number")
        .map(([name, value]) => [name, part(value)]),
    ),
  };
}
