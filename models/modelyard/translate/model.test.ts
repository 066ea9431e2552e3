import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import { wordDecoder, wordEncoder, writeWeights } from "@modelyard/testing/small-weights/sequences";

/*
 * A small network in the place of M2M-100: a dictionary. It translates word by word, by the language that the text begins with (its encoder sees
 * it) and the language that the translation begins with (its decoder is made to say it first).
 */
const SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "__en__", "__de__", "__es__", "__zh__"];
const WORDS = ["red", "rot", "rojo", "dog", "Hund", "perro", "gift", "Gift", "regalo", "veneno", "红", "狗", "?"];
const TOKENS = [...SPECIAL, ...WORDS.map((word) => `▁${word}`)];
const id = (token: string) => TOKENS.indexOf(SPECIAL.includes(token) ? token : `▁${token}`);
const END = id("</s>");

/** Rows of the encoder for texts that begin with __de__ come after those of the others. */
const german = (word: string) => TOKENS.length + id(word);
const book = (pairs: Record<string, string>, germanPairs: Record<string, string>) =>
  new Map([
    ...Object.entries(pairs).map(([from, to]) => [id(from), id(to)] as const),
    ...Object.entries(germanPairs).map(([from, to]) => [german(from), id(to)] as const),
  ]);

let model: DrivenModel;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "translate-"));
  const template = [
    { SpecialToken: { id: "__en__", type_id: 0 } },
    { Sequence: { id: "A", type_id: 0 } },
    { SpecialToken: { id: "</s>", type_id: 0 } },
  ];
  await writeWeights(join(folder, "translate"), {
    "config.json": {
      model_type: "m2m_100",
      is_encoder_decoder: true,
      architectures: ["M2M100ForConditionalGeneration"],
      encoder_layers: 1,
      decoder_layers: 1,
      encoder_attention_heads: 1,
      decoder_attention_heads: 1,
      d_model: 1,
      vocab_size: TOKENS.length,
      decoder_start_token_id: END,
      ...{ bos_token_id: 0, eos_token_id: END, pad_token_id: 1 },
    },
    // As the real weights have it: beams are not known to transformers.js, and must do no harm.
    "generation_config.json": {
      bos_token_id: 0,
      decoder_start_token_id: END,
      early_stopping: true,
      eos_token_id: END,
      max_length: 200,
      num_beams: 5,
      pad_token_id: 1,
    },
    "tokenizer.json": {
      version: "1.0",
      added_tokens: SPECIAL.map((content, id) => ({ id, content, special: true, normalized: false })),
      normalizer: null,
      pre_tokenizer: { type: "Metaspace", replacement: "▁", add_prefix_space: true },
      post_processor: { type: "TemplateProcessing", single: template, pair: [], special_tokens: {} },
      decoder: { type: "Metaspace", replacement: "▁", add_prefix_space: true },
      model: { type: "Unigram", unk_id: id("<unk>"), vocab: TOKENS.map((token) => [token, -1]) },
    },
    "tokenizer_config.json": {
      tokenizer_class: "M2M100Tokenizer",
      ...{ bos_token: "<s>", eos_token: "</s>", pad_token: "<pad>", unk_token: "<unk>" },
      additional_special_tokens: SPECIAL.slice(4),
      model_max_length: 1024,
    },
    "onnx/encoder_model_quantized.onnx": wordEncoder(TOKENS.length, [id("__de__")]),
    "onnx/decoder_model_merged_quantized.onnx": wordDecoder({
      tokens: TOKENS.length,
      dictionaries: new Map([
        [
          id("__es__"),
          book(
            { red: "rojo", dog: "perro", gift: "regalo", "?": "?" },
            { rot: "rojo", Hund: "perro", Gift: "veneno", "?": "?" },
          ),
        ],
        [id("__zh__"), book({ red: "红", dog: "狗", "?": "?" }, {})],
        [id("__en__"), book({ 红: "red", 狗: "dog", "?": "?" }, { rot: "red", Hund: "dog", "?": "?" })],
      ]),
      otherwise: END,
      texts: true,
    }),
  });
  model = await driveModel(new URL(".", import.meta.url), { weightsDir: folder });
});
after(async () => {
  await model?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function translated(prompt: string, from: string, to: string): Promise<string> {
  const { error, text } = await model.run({ prompt, from, to });
  assert.equal(error, undefined);
  return text;
}

test("the languages reach the network, in turns: the text's its encoder, the translation's its decoder", async () => {
  assert.equal(await translated("red dog", "en", "es"), "rojo perro");
  assert.equal(await translated("rot Hund", "de", "es"), "rojo perro");
  assert.equal(await translated("rot Hund", "de", "en"), "red dog");
  // A word that means another thing in the other language.
  assert.equal(await translated("gift", "en", "es"), "regalo");
  assert.equal(await translated("Gift", "de", "es"), "veneno");
  assert.equal(await translated("gift", "en", "es"), "regalo");
});

test("sentences are translated one by one; lines and paragraphs stay", async () => {
  const { text, messages } = await model.run({ prompt: "red dog ? dog\n\nred\n", from: "en", to: "es" });
  assert.equal(text, "rojo perro? perro\n\nrojo\n");
  assert.equal(await translated("red ? dog", "en", "zh"), "红?狗");
  assert.equal(await translated("红 ?狗", "zh", "en"), "red? dog");
  const steps = messages.filter(({ type }) => type === "progress");
  assert.equal(steps.length, 3);
});

test("says what it cannot do", async () => {
  assert.equal((await model.run({ prompt: " \n" })).error, "There is nothing to translate.");
  assert.match((await model.run({ prompt: "red", from: "xx", to: "es" })).error ?? "", /"xx" is not valid/);
});

test("stops between two sentences", async () => {
  const { error, messages } = await model.run(
    { prompt: "dog ?\n".repeat(500), from: "en", to: "es" },
    { onMessage: (message, cancel) => message.type === "progress" && cancel() },
  );
  assert.equal(error, "cancelled");
  assert.ok(messages.length < 400, `${messages.length}`);
});
