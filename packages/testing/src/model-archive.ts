/** Archives of model folders as clients send them, also such as no honest client makes. */
import { createGzip } from "node:zlib";
import { type Header, pack } from "tar-stream";

export type ArchivedFile = Partial<Header> & { name: string; text?: string | Buffer };

/** A .tar.gz of these entries in this order. */
export async function tarGz(entries: readonly ArchivedFile[]): Promise<Buffer> {
  const archive = pack();
  const chunks: Buffer[] = [];
  const zipped = archive.pipe(createGzip());
  const done = (async () => {
    for await (const chunk of zipped) chunks.push(chunk as Buffer);
  })();
  for (const { text = "", ...header } of entries) archive.entry(header, text);
  archive.finalize();
  await done;
  return Buffer.concat(chunks);
}

/** A model that runs `script` with sh and answers with what it prints. */
export function shellModel(slug: string, script: string, more = ""): ArchivedFile[] {
  const manifest = `owner: test
slug: "${slug}"
title: "${slug}"
description: Made by a test.
categories: [test]
inputs:
  - { title: Text, items: [{ id: prompt, type: text, label: Text }] }
output: text
price: [{ method: cpr, price: "0.001" }]
runner: { type: command, command: [sh, run.sh] }
license: { code: Apache-2.0 }
${more}`;
  return [
    { name: "model.yaml", text: manifest },
    { name: "run.sh", text: script },
  ];
}
