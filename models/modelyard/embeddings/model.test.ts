import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";

let model: DrivenModel;
before(async () => void (model = await driveModel(new URL(".", import.meta.url))));
after(() => model[Symbol.asyncDispose]());

test("ranks a paraphrase above sentences that share its words or nothing", async () => {
  const prompt = "The bank of the river was flooded.\nA firm lowered the interest on its loans.\nThe soup needs salt.";
  const { text, exitCode } = await model.run({ prompt, query: "The bank cut its lending rate.", output: "ranking" });
  assert.equal(exitCode, 0);
  const ranking = JSON.parse(text);
  assert.equal(ranking[0].text, "A firm lowered the interest on its loans.");
  assert.ok(ranking[0].similarity > ranking[1].similarity + 0.05, text);
  assert.ok(ranking[2].similarity < 0.2, text);
});

test("gives vectors of 384 numbers and length 1, for more texts than go in at once", async () => {
  const prompt = Array.from({ length: 40 }, (_, i) => `Sentence number ${i}`).join("\n");
  const vectors = JSON.parse((await model.run({ prompt, output: "vectors" })).text);
  assert.equal(vectors.length, 40);
  assert.equal(vectors[39].text, "Sentence number 39");
  for (const { vector } of vectors) {
    assert.equal(vector.length, 384);
    assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-3);
  }
});

test("the matrix is symmetric, and every text is like itself", async () => {
  const { similarity } = JSON.parse((await model.run({ prompt: "a cat\na kitten\na bond", output: "matrix" })).text);
  for (const i of [0, 1, 2]) {
    assert.ok(Math.abs(similarity[i][i] - 1) < 1e-3);
    for (const j of [0, 1, 2]) assert.ok(Math.abs(similarity[i][j] - similarity[j][i]) < 1e-3);
  }
  assert.ok(similarity[0][1] > similarity[0][2] + 0.2);
});

test("says what is missing", async () => {
  assert.equal((await model.run({ prompt: " \n " })).error, "There is no text.");
  assert.match((await model.run({ prompt: "a", output: "ranking" })).error ?? "", /needs a query/);
  assert.match((await model.run({ prompt: "a\n".repeat(1001), query: "b" })).error ?? "", /1001 texts; at most 1000/);
});
