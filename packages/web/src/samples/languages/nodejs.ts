import type { Language } from "../language.ts";
import { mapLiteral, quoted } from "../literals.ts";
import type { Body } from "../plan.ts";

const string = (text: string) => quoted(text, { code: (hex) => `\\u${hex}` });
const literal = (body: Body) =>
  mapLiteral(body, {
    string,
    true: "true",
    false: "false",
    open: "{",
    close: "}",
    pair: ": ",
    list: ["[", "]"],
    file: (slot) => `file${slot}`,
    trailingComma: true,
  });

export const nodejs: Language = {
  grammar: "javascript",
  string,
  prepare: (
    plan,
  ) => `${plan.auth === "signature" ? 'import { createHmac } from "node:crypto";\n' : ""}import { openAsBlob } from "node:fs";
import { basename } from "node:path";

const api = ${string(plan.api)};
const apiKey = ${string(plan.apiKey)};
${
  plan.auth === "signature"
    ? `const apiSecret = "YOUR_API_SECRET";

function headers() {
    const nonce = String(Date.now());
    // HMAC-SHA256 over secret and nonce, with the key as key.
    const signature = createHmac("sha256", apiKey).update(apiSecret + nonce).digest("hex");
    return { "x-api-key": apiKey, "x-nonce": nonce, "x-signature": signature };
}`
    : `
function headers() {
    return { "x-api-key": apiKey };
}`
}

async function call(path, body) {
    const response = await fetch(api + path, {
        method: "POST",
        headers: { ...headers(), "content-type": "application/json" },
        body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!answer.result) throw new Error(answer.errors[0].message);
    return answer;
}

async function upload(path, folderid = "") {
    const form = new FormData();
    form.append("file", await openAsBlob(path), basename(path));
    form.append("folderid", folderid);
    const response = await fetch(api + "/File/Upload", { method: "POST", headers: headers(), body: form });
    const answer = await response.json();
    if (!answer.result) throw new Error(answer.errors[0].message);
    return answer.list[0].url;
}`,
  call: (_plan, { path, body }) => `console.log(await call(${string(path)}, ${literal(body)}));`,
  upload: (_plan, { file, folderId }) => `console.log(await upload(${string(file)}, ${string(folderId)}));`,
  follow: (plan) => `const run = await call(${string(plan.runPath)}, ${literal(plan.inputs)});
const socket = new WebSocket(${string(plan.socket)});
socket.onopen = () => socket.send(JSON.stringify({ type: "task_info", tasktoken: run.socketaccesstoken }));
socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    console.log(frame.type, frame.message ?? "");
    if (frame.terminal) socket.close();
};`,
  whole: (prepared, statements) => `${prepared}\n\n${statements}\n`,
  program: (
    plan,
  ) => `${plan.files.map((file, index) => `const file${index + 1} = await upload(${string(file)});\n`).join("")}const run = await call(${string(plan.runPath)}, ${literal(plan.inputs)});

let task;
do {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    [task] = (await call("/Task/Detail", { taskid: run.taskid })).tasklist;
} while (!["task_postprocess_end", "task_cancel"].includes(task.status));

if (task.pexit !== "0") throw new Error(task.debugerror || task.status);
for (const output of task.outputs) {
    console.log(output.url ?? output.content.answer.join("\\n"));
}`,
};
