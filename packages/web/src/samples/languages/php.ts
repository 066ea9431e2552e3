import type { Language } from "../language.ts";
import { mapLiteral, quoted } from "../literals.ts";
import type { Body } from "../plan.ts";

const string = (text: string) => quoted(text, { also: "$", code: (hex) => `\\u{${hex}}` });
const literal = (body: Body) =>
  mapLiteral(body, {
    string,
    true: "true",
    false: "false",
    open: "[",
    close: "]",
    pair: " => ",
    list: ["[", "]"],
    file: (slot) => `$file${slot}`,
    trailingComma: true,
  });

export const php: Language = {
  grammar: "php",
  string,
  prepare: (plan) => `<?php
const API = ${string(plan.api)};
const API_KEY = ${string(plan.apiKey)};
${
  plan.auth === "signature"
    ? `const API_SECRET = "YOUR_API_SECRET";

function headers(): array {
    $nonce = (string) hrtime(true);
    // HMAC-SHA256 over secret and nonce, with the key as key.
    $signature = hash_hmac("sha256", API_SECRET . $nonce, API_KEY);
    return ["x-api-key: " . API_KEY, "x-nonce: $nonce", "x-signature: $signature"];
}`
    : `
function headers(): array {
    return ["x-api-key: " . API_KEY];
}`
}

function post(string $path, string|array $body, array $extra = [], ?callable $onData = null): string {
    $curl = curl_init(API . $path);
    curl_setopt_array($curl, [
        CURLOPT_POSTFIELDS => $body,
        CURLOPT_HTTPHEADER => [...headers(), ...$extra],
        CURLOPT_RETURNTRANSFER => true,
    ]);
    if ($onData) curl_setopt($curl, CURLOPT_WRITEFUNCTION, $onData);
    $answer = curl_exec($curl);
    if ($answer === false) throw new RuntimeException(curl_error($curl));
    return (string) $answer;
}

function checked(string $json): array {
    $answer = json_decode($json, true, 64, JSON_THROW_ON_ERROR);
    if (!$answer["result"]) throw new RuntimeException($answer["errors"][0]["message"]);
    return $answer;
}

function call(string $path, array $body): array {
    return checked(post($path, json_encode((object) $body, JSON_THROW_ON_ERROR), ["content-type: application/json"]));
}

function upload(string $path, string $folderid = ""): string {
    return checked(post("/File/Upload", ["folderid" => $folderid, "file" => new CURLFile($path)]))["list"][0]["url"];
}`,
  call: (_plan, { path, body }) => `print_r(call(${string(path)}, ${literal(body)}));`,
  upload: (_plan, { file, folderId }) => `echo upload(${string(file)}, ${string(folderId)}), "\\n";`,
  follow: (plan) => `$body = json_encode((object) ${literal(plan.inputs)}, JSON_THROW_ON_ERROR);
// Server-sent events: one for each piece of output, "done" at the end.
post(${string(`${plan.runPath}/sync`)}, $body, ["content-type: application/json", "accept: text/event-stream"], function ($curl, $data) {
    echo $data;
    return strlen($data);
});`,
  whole: (prepared, statements) => `${prepared}\n\n${statements}\n`,
  program: (
    plan,
  ) => `${plan.files.map((file, index) => `$file${index + 1} = upload(${string(file)});\n`).join("")}$run = call(${string(plan.runPath)}, ${literal(plan.inputs)});

do {
    sleep(1);
    $task = call("/Task/Detail", ["taskid" => $run["taskid"]])["tasklist"][0];
} while (!in_array($task["status"], ["task_postprocess_end", "task_cancel"]));

if ($task["pexit"] !== "0") throw new RuntimeException($task["debugerror"] ?: $task["status"]);
foreach ($task["outputs"] as $output) {
    echo $output["url"] ?? implode("\\n", $output["content"]["answer"]), "\\n";
}`,
};
