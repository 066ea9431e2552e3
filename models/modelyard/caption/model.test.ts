import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import {
  bytePairTokenizer,
  pictureEncoder,
  wordDecoder,
  writeWeights,
} from "@modelyard/testing/small-weights/sequences";
import type sharp from "sharp";

// A small network in the place of ViT and GPT-2: it says one sentence of pictures that are more red than blue, and another of the rest.
const END = "<|endoftext|>";
const tokenizer = bytePairTokenizer([END], ["a", "red", "rose", "blue", "sea"], null);
const { vocab } = tokenizer.model;
const words = (...names: string[]) => [...names.map((name) => vocab[`Ġ${name}`]!), vocab[END]!];
const tokens = Object.keys(vocab).length;
const ends = { bos_token_id: 0, eos_token_id: 0, pad_token_id: 0, decoder_start_token_id: 0 };

let model: DrivenModel;
let open: typeof sharp;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "caption-"));
  const same = new Map(Array.from({ length: tokens }, (_, i) => [i, i]));
  await writeWeights(join(folder, "caption"), {
    "config.json": {
      model_type: "vision-encoder-decoder",
      is_encoder_decoder: true,
      architectures: ["VisionEncoderDecoderModel"],
      encoder: { model_type: "vit" },
      decoder: { model_type: "gpt2", n_head: 1, n_layer: 1, n_embd: 1, vocab_size: tokens, ...ends },
      ...ends,
    },
    "generation_config.json": ends,
    "tokenizer.json": tokenizer,
    "tokenizer_config.json": { tokenizer_class: "GPT2Tokenizer", bos_token: END, eos_token: END, unk_token: END },
    // As in the real weights' file, except for the size.
    "preprocessor_config.json": {
      do_normalize: true,
      do_rescale: true,
      do_resize: true,
      feature_extractor_type: "ViTFeatureExtractor",
      image_processor_type: "ViTFeatureExtractor",
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
      resample: 2,
      rescale_factor: 1 / 255,
      size: { height: 32, width: 32 },
    },
    "onnx/encoder_model_quantized.onnx": pictureEncoder(tokens, words("a", "red", "rose"), words("a", "blue", "sea")),
    "onnx/decoder_model_merged_quantized.onnx": wordDecoder({
      tokens,
      dictionaries: new Map([[0, same]]),
      otherwise: 0,
      texts: false,
    }),
  });
  model = await driveModel(new URL(".", import.meta.url), { weightsDir: folder });
  open = createRequire(join(model.model.dir, "node_modules/@huggingface/transformers/package.json"))("sharp");
});
after(async () => {
  await model?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function picture(background: string): Promise<string> {
  const path = join(folder, `${background.slice(1)}.png`);
  const channels = background.length > 7 ? 4 : 3;
  await open({ create: { width: 90, height: 60, channels, background } })
    .png()
    .toFile(path);
  return path;
}

test("says what the networks make of the picture, as one sentence", async () => {
  for (const [colour, sentence] of [
    ["#cc2222", "a red rose"],
    ["#2222cc", "a blue sea"],
    ["#cc2222ff", "a red rose"],
  ] as const) {
    const { error, text } = await model.run({ inputImage: await picture(colour) });
    assert.equal(error, undefined);
    assert.equal(text, sentence);
  }
});

test("stops at the longest sentence that is allowed", async () => {
  const { text } = await model.run({ inputImage: await picture("#cc2222"), max_tokens: 2 });
  assert.equal(text, "a red");
});

test("refuses what is no picture", async () => {
  const { error } = await model.run({ inputImage: fileURLToPath(import.meta.url) });
  assert.match(error ?? "", /^The picture could not be read: /);
});
