import { indent, type Language } from "../language.ts";
import { mapLiteral, quoted } from "../literals.ts";
import type { Body } from "../plan.ts";

const string = (text: string) => quoted(text, { code: (hex) => `\\u${hex}` });
const literal = (body: Body) =>
  mapLiteral(body, {
    string,
    true: "true",
    false: "false",
    open: "map[string]any{",
    close: "}",
    pair: ": ",
    list: ["[]any{", "}"],
    file: (slot) => `file${slot}`,
    trailingComma: true,
  });

export const go: Language = {
  grammar: "go",
  string,
  prepare: (plan) => `package main

import (
	"bytes"
${plan.auth === "signature" ? '\t"crypto/hmac"\n\t"crypto/sha256"\n\t"encoding/hex"\n' : ""}	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

const api = ${string(plan.api)}
const apiKey = ${string(plan.apiKey)}
${
  plan.auth === "signature"
    ? `const apiSecret = "YOUR_API_SECRET"

func authenticate(request *http.Request) {
	nonce := fmt.Sprint(time.Now().UnixNano())
	// HMAC-SHA256 over secret and nonce, with the key as key.
	mac := hmac.New(sha256.New, []byte(apiKey))
	mac.Write([]byte(apiSecret + nonce))
	request.Header.Set("x-api-key", apiKey)
	request.Header.Set("x-nonce", nonce)
	request.Header.Set("x-signature", hex.EncodeToString(mac.Sum(nil)))
}`
    : `
func authenticate(request *http.Request) {
	request.Header.Set("x-api-key", apiKey)
}`
}

var client = &http.Client{Timeout: time.Hour}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func post(path string, body io.Reader, contentType string, accept string) *http.Response {
	request, err := http.NewRequest("POST", api+path, body)
	check(err)
	authenticate(request)
	request.Header.Set("content-type", contentType)
	request.Header.Set("accept", accept)
	response, err := client.Do(request)
	check(err)
	return response
}

func answerOf(response *http.Response) map[string]any {
	defer response.Body.Close()
	var answer map[string]any
	check(json.NewDecoder(response.Body).Decode(&answer))
	if answer["result"] != true {
		check(fmt.Errorf("refused: %v", answer["errors"]))
	}
	return answer
}

func encode(body map[string]any) io.Reader {
	data, err := json.Marshal(body)
	check(err)
	return bytes.NewReader(data)
}

func call(path string, body map[string]any) map[string]any {
	return answerOf(post(path, encode(body), "application/json", "application/json"))
}

func upload(path string, folderid string) string {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	check(form.WriteField("folderid", folderid))
	part, err := form.CreateFormFile("file", filepath.Base(path))
	check(err)
	data, err := os.ReadFile(path)
	check(err)
	_, err = part.Write(data)
	check(err)
	check(form.Close())
	answer := answerOf(post("/File/Upload", &body, form.FormDataContentType(), "application/json"))
	return answer["list"].([]any)[0].(map[string]any)["url"].(string)
}`,
  call: (_plan, { path, body }) => `fmt.Println(call(${string(path)}, ${literal(body)}))`,
  upload: (_plan, { file, folderId }) => `fmt.Println(upload(${string(file)}, ${string(folderId)}))`,
  follow: (plan) => `body := encode(${literal(plan.inputs)})
// Server-sent events: one for each piece of output, "done" at the end.
stream := post(${string(`${plan.runPath}/sync`)}, body, "application/json", "text/event-stream")
_, err := io.Copy(os.Stdout, stream.Body)
check(err)`,
  whole: (prepared, statements) => `${prepared}\n\nfunc main() {\n${indent(statements, "\t")}\n}\n`,
  program: (
    plan,
  ) => `${plan.files.map((file, index) => `file${index + 1} := upload(${string(file)}, "")\n`).join("")}run := call(${string(plan.runPath)}, ${literal(plan.inputs)})

var task map[string]any
for task["status"] != "task_postprocess_end" && task["status"] != "task_cancel" {
	time.Sleep(time.Second)
	detail := call("/Task/Detail", map[string]any{"taskid": run["taskid"]})
	task = detail["tasklist"].([]any)[0].(map[string]any)
}

if task["pexit"] != "0" {
	check(fmt.Errorf("%v: %v", task["status"], task["debugerror"]))
}
for _, output := range task["outputs"].([]any) {
	file := output.(map[string]any)
	if url, ok := file["url"]; ok {
		fmt.Println(url)
	} else {
		fmt.Println(file["content"].(map[string]any)["message"])
	}
}`,
};
