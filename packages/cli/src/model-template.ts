/** The files of a new model in each language: a form with two inputs, a price, progress, and a program of ten lines. */
import type { Language, ModelName } from "./operator-settings.ts";

export interface TemplateFile {
  path: string;
  text: string;
}

interface Template {
  program: TemplateFile;
  command: string;
  output: "text" | "file";
  /** What is particular about it, for its README. */
  about: string;
}

const TEMPLATES: Record<Language, Template> = {
  python: {
    command: "[python3, run.py]",
    output: "text",
    about:
      "It reads its inputs as JSON on stdin. Lines of JSON on stdout are progress and the answer, piece by piece; whatever else is printed is the run's log.",
    program: {
      path: "run.py",
      text: `import json
import sys

inputs = json.load(sys.stdin)
words = inputs["prompt"].upper() if inputs["loud"] else inputs["prompt"]


def say(**line):
    print(json.dumps(line), flush=True)


for n in range(inputs["times"]):
    say(type="progress", percentage=100 * n / inputs["times"], task="Saying it")
    say(type="token", text=words + "\\n")
`,
    },
  },
  shell: {
    command: "[sh, run.sh]",
    output: "file",
    about:
      "Each input is a file in $INPUT_DIR. What it writes to $OUTPUT_DIR is what the run makes; whatever is printed is the run's log.",
    program: {
      path: "run.sh",
      text: `set -e
times=$(cat "$INPUT_DIR/times.txt")
for n in $(seq "$times"); do
  echo "{\\"type\\":\\"progress\\",\\"percentage\\":$((100 * n / times)),\\"task\\":\\"Saying it\\"}"
  if [ "$(cat "$INPUT_DIR/loud.txt")" = true ]; then
    tr '[:lower:]' '[:upper:]' <"$INPUT_DIR/prompt.txt"
  else
    cat "$INPUT_DIR/prompt.txt"
  fi >>"$OUTPUT_DIR/said.txt"
  echo >>"$OUTPUT_DIR/said.txt"
done
`,
    },
  },
  typescript: {
    command: "[node, run.ts]",
    output: "text",
    about:
      "Node runs TypeScript as it is. It reads its inputs as JSON on stdin. Lines of JSON on stdout are progress and the answer, piece by piece; whatever else is printed is the run's log.",
    program: {
      path: "run.ts",
      text: `import { text } from "node:stream/consumers";

const inputs: { prompt: string; times: number; loud: boolean } = JSON.parse(await text(process.stdin));
const words = inputs.loud ? inputs.prompt.toUpperCase() : inputs.prompt;
const say = (line: object): void => console.log(JSON.stringify(line));

for (let n = 0; n < inputs.times; n++) {
  say({ type: "progress", percentage: (100 * n) / inputs.times, task: "Saying it" });
  say({ type: "token", text: words + "\\n" });
}
`,
    },
  },
};

const titleOf = (slug: string): string => {
  const words = slug.replace(/[-_.]+/g, " ").trim();
  return words === "" ? slug : (words[0]?.toUpperCase() ?? "") + words.slice(1);
};

/** YAML reads some plain words as numbers or truth values; quotes keep them text. */
const quoted = (text: string): string => JSON.stringify(text);

export function modelFiles({ owner, slug }: ModelName, language: Language): TemplateFile[] {
  const { program, command, output, about } = TEMPLATES[language];
  const manifest = `owner: ${quoted(owner)}
slug: ${quoted(slug)}
title: ${quoted(titleOf(slug))}
description: Says what it is told, as often as it is told.
categories: [tool]
inputs:
  - title: Text
    items:
      - { id: prompt, type: textarea, label: Text, required: true, maxLength: 2000 }
      - { id: times, type: range, label: How often, default: 2, min: 1, max: 10 }
      - { id: loud, type: checkbox, label: Louder, default: true }
output: ${output}
price: [{ method: cpr, price: "0.001" }] # dollars for each run
limits: { timeout: 60 } # seconds
runner: { type: command, command: ${command} }
license: { code: Apache-2.0 }
`;
  const readme = `# ${titleOf(slug)}

Says what it is told, as often as it is told. This text is the model's page.

${about}
`;
  return [{ path: "model.yaml", text: manifest }, program, { path: "README.md", text: readme }];
}
