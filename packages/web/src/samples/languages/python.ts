import type { Language } from "../language.ts";
import { mapLiteral, quoted } from "../literals.ts";
import type { Body } from "../plan.ts";

const string = (text: string) => quoted(text, { code: (hex) => `\\u${hex}` });
const literal = (body: Body) =>
  mapLiteral(body, {
    string,
    true: "True",
    false: "False",
    open: "{",
    close: "}",
    pair: ": ",
    list: ["[", "]"],
    file: (slot) => `file_${slot}`,
    trailingComma: true,
  });

export const python: Language = {
  grammar: "python",
  string,
  prepare: (plan) => `${plan.auth === "signature" ? "import hashlib\nimport hmac\n" : ""}import json
import os
import time
import urllib.request
import uuid

API = ${string(plan.api)}
API_KEY = ${string(plan.apiKey)}
${
  plan.auth === "signature"
    ? `API_SECRET = "YOUR_API_SECRET"


def headers():
    nonce = str(time.time_ns())
    # HMAC-SHA256 over secret and nonce, with the key as key.
    signature = hmac.new(API_KEY.encode(), (API_SECRET + nonce).encode(), hashlib.sha256).hexdigest()
    return {"x-api-key": API_KEY, "x-nonce": nonce, "x-signature": signature}`
    : `

def headers():
    return {"x-api-key": API_KEY}`
}


def post(path, data, content_type, accept="application/json"):
    extra = {"content-type": content_type, "accept": accept}
    return urllib.request.urlopen(urllib.request.Request(API + path, data, {**headers(), **extra}))


def checked(response):
    answer = json.load(response)
    if not answer["result"]:
        raise RuntimeError(answer["errors"][0]["message"])
    return answer


def call(path, body):
    return checked(post(path, json.dumps(body).encode(), "application/json"))


def upload(path, folderid=""):
    boundary = uuid.uuid4().hex
    name = os.path.basename(path).replace("\\\\", "\\\\\\\\").replace('"', '\\\\"')
    head = f'--{boundary}\\r\\ncontent-disposition: form-data; name="folderid"\\r\\n\\r\\n{folderid}\\r\\n'
    head += f'--{boundary}\\r\\ncontent-disposition: form-data; name="file"; filename="{name}"\\r\\n\\r\\n'
    with open(path, "rb") as file:
        data = head.encode() + file.read() + f"\\r\\n--{boundary}--\\r\\n".encode()
    return checked(post("/File/Upload", data, f"multipart/form-data; boundary={boundary}"))["list"][0]["url"]`,
  call: (_plan, { path, body }) => `print(call(${string(path)}, ${literal(body)}))`,
  upload: (_plan, { file, folderId }) => `print(upload(${string(file)}, ${string(folderId)}))`,
  follow: (plan) => `body = json.dumps(${literal(plan.inputs)}).encode()
# Server-sent events: one for each piece of output, "done" at the end.
for line in post(${string(`${plan.runPath}/sync`)}, body, "application/json", "text/event-stream"):
    print(line.decode(), end="")`,
  whole: (prepared, statements) => `${prepared}\n\n\n${statements}\n`,
  program: (
    plan,
  ) => `${plan.files.map((file, index) => `file_${index + 1} = upload(${string(file)})\n`).join("")}run = call(${string(plan.runPath)}, ${literal(plan.inputs)})

while True:
    task = call("/Task/Detail", {"taskid": run["taskid"]})["tasklist"][0]
    if task["status"] in ("task_postprocess_end", "task_cancel"):
        break
    time.sleep(1)

if task["pexit"] != "0":
    raise SystemExit(task["debugerror"] or task["status"])
for output in task["outputs"]:
    print(output["url"] if "url" in output else "\\n".join(output["content"]["answer"]))`,
};
