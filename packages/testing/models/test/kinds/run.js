// Writes the inputs it was given to 0.json; a file stands for itself as its extension and its text.
const { readFileSync, writeFileSync } = require("node:fs");
const { extname, join } = require("node:path");

const show = (value) => {
  if (Array.isArray(value)) return value.map(show);
  if (typeof value !== "string" || !value.startsWith(process.env.INPUT_DIR)) return value;
  return { extension: extname(value), text: readFileSync(value, "latin1") };
};
const inputs = JSON.parse(readFileSync(process.env.INPUT_JSON, "utf8"));
const shown = Object.fromEntries(Object.entries(inputs).map(([id, value]) => [id, show(value)]));
writeFileSync(join(process.env.OUTPUT_DIR, "0.json"), JSON.stringify(shown));
