import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import { bytePairTokenizer, wordDecoder, wordEncoder, writeWeights } from "@modelyard/testing/small-weights/sequences";

// A small network in the place of DistilBART: it takes a text over word by word, in other words, up to the one that stands for the end.
const SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"];
const WORDS = ["long", "short", "story", "tale", "enough", "more"];
const tokenizer = bytePairTokenizer(SPECIAL, WORDS, {
  type: "RobertaProcessing",
  sep: ["</s>", 2],
  cls: ["<s>", 0],
  trim_offsets: true,
  add_prefix_space: true,
});
const { vocab } = tokenizer.model;
const tokens = Object.keys(vocab).length;
const [START, END] = [0, 2];

let model: DrivenModel;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "summarize-"));
  const same = Array.from({ length: tokens }, (_, i) => [i, i] as const);
  const says = (from: string, to: string) => [vocab[`Ġ${from}`]!, vocab[to] ?? vocab[`Ġ${to}`]!] as const;
  await writeWeights(join(folder, "summarize"), {
    "config.json": {
      model_type: "bart",
      is_encoder_decoder: true,
      architectures: ["BartForConditionalGeneration"],
      encoder_layers: 1,
      decoder_layers: 1,
      encoder_attention_heads: 1,
      decoder_attention_heads: 1,
      d_model: 1,
      vocab_size: tokens,
      max_position_embeddings: 1024,
      prefix: " ",
      ...{ bos_token_id: START, eos_token_id: END, pad_token_id: 1, decoder_start_token_id: END },
    },
    // As the real weights have it.
    "generation_config.json": {
      bos_token_id: START,
      decoder_start_token_id: END,
      early_stopping: true,
      eos_token_id: END,
      forced_bos_token_id: START,
      forced_eos_token_id: END,
      length_penalty: 2,
      max_length: 142,
      min_length: 56,
      no_repeat_ngram_size: 3,
      num_beams: 4,
      pad_token_id: 1,
    },
    "tokenizer.json": tokenizer,
    "tokenizer_config.json": {
      tokenizer_class: "BartTokenizer",
      ...{ bos_token: "<s>", eos_token: "</s>", pad_token: "<pad>", unk_token: "<unk>" },
      model_max_length: 1024,
    },
    "onnx/encoder_model_quantized.onnx": wordEncoder(tokens),
    "onnx/decoder_model_merged_quantized.onnx": wordDecoder({
      tokens,
      dictionaries: new Map([
        [START, new Map([...same, says("long", "short"), says("story", "tale"), says("enough", "</s>")])],
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

test("says what the network makes of the text, and ends where it ends", async () => {
  const { error, text } = await model.run({ prompt: "long story enough more story", min_tokens: 0 });
  assert.equal(error, undefined);
  assert.equal(text, "short tale");
});

test("the shortest and the longest summary are those of the request, not those of the weights", async () => {
  const prompt = "long story more long more story more enough story long";
  const said = async (inputs: object) => (await model.run({ prompt, ...inputs })).text.split(" ").length;
  // The mark of the beginning and that of the end count as tokens.
  assert.equal(await said({ min_tokens: 0 }), 7);
  assert.equal(await said({ min_tokens: 0, max_tokens: 5 }), 3);
  assert.ok((await said({ min_tokens: 12, max_tokens: 20 })) > 7);
});

test("a text that is longer than the network reads is cut, and no error", async () => {
  const { error, text } = await model.run({
    prompt: `long ${"story more ".repeat(1200)}`,
    min_tokens: 0,
    max_tokens: 10,
  });
  assert.equal(error, undefined);
  assert.match(text, /^short tale more/);
});

test("says what is wrong with what it is given", async () => {
  assert.equal((await model.run({ prompt: "\n" })).error, "There is no text.");
  const { error } = await model.run({ prompt: "story", min_tokens: 50, max_tokens: 10 });
  assert.equal(error, "The shortest summary is longer than the longest.");
});

test("stops between two tokens", async () => {
  const { error, messages } = await model.run(
    { prompt: "long story more ".repeat(200), min_tokens: 400, max_tokens: 500 },
    { onMessage: (message, cancel) => message.type === "progress" && message.step === 5 && cancel() },
  );
  assert.equal(error, "cancelled");
  assert.ok(messages.length < 300, `${messages.length}`);
});
