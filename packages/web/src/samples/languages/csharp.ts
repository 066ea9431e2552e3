import { indent, type Language } from "../language.ts";
import { jsonParts } from "../literals.ts";
import type { Body } from "../plan.ts";

/** A verbatim literal: only the quote is special, and it is doubled. */
const string = (text: string) => `@"${text.toWellFormed().replaceAll("\0", "").replaceAll('"', '""')}"`;
/** Without a JSON library, which not every .NET has: the body is text, written by the page. */
const json = (body: Body) =>
  jsonParts(body)
    .map((part) => ("text" in part ? string(part.text) : `file${part.slot}`))
    .join(" + ");

export const csharp: Language = {
  grammar: "csharp",
  string,
  prepare: (plan) => `using System;
using System.IO;
using System.Net.Http;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

static class Program
{
    const string Api = ${string(plan.api)};
    const string ApiKey = ${string(plan.apiKey)};
${plan.auth === "signature" ? '    const string ApiSecret = "YOUR_API_SECRET";\n' : ""}    static readonly HttpClient Http = new HttpClient();

    static async Task<string> Post(string path, HttpContent body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Api + path) { Content = body };
        request.Headers.Add("x-api-key", ApiKey);
${
  plan.auth === "signature"
    ? `        var nonce = DateTime.UtcNow.Ticks.ToString();
        // HMAC-SHA256 over secret and nonce, with the key as key.
        using (var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(ApiKey)))
        {
            var signature = hmac.ComputeHash(Encoding.UTF8.GetBytes(ApiSecret + nonce));
            request.Headers.Add("x-nonce", nonce);
            request.Headers.Add("x-signature", BitConverter.ToString(signature).Replace("-", ""));
        }
`
    : ""
}        var response = await Http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        if (Field(answer, "result") != "true") throw new Exception(answer);
        return answer;
    }

    static Task<string> Call(string path, string json)
    {
        return Post(path, new StringContent(json, Encoding.UTF8, "application/json"));
    }

    static async Task<string> Upload(string path, string folderid = "")
    {
        var form = new MultipartFormDataContent();
        form.Add(new StringContent(folderid), "folderid");
        form.Add(new ByteArrayContent(File.ReadAllBytes(path)), "file", Path.GetFileName(path));
        return Field(await Post("/File/Upload", form), "url");
    }

    // The first field of this name; enough for what is asked here, use a JSON library for more.
    static string Field(string json, string name)
    {
        var match = Regex.Match(json, "\\"" + name + "\\":(?:\\"([^\\"]*)\\"|([a-z0-9]+))");
        return match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value;
    }`,
  call: (_plan, { path, body }) => `Console.WriteLine(await Call(${string(path)}, ${json(body)}));`,
  upload: (_plan, { file, folderId }) => `Console.WriteLine(await Upload(${string(file)}, ${string(folderId)}));`,
  follow: (plan) => `var run = await Call(${string(plan.runPath)}, ${json(plan.inputs)});
var socket = new ClientWebSocket();
await socket.ConnectAsync(new Uri(${string(plan.socket)}), CancellationToken.None);
var hello = "{\\"type\\":\\"task_info\\",\\"tasktoken\\":\\"" + Field(run, "socketaccesstoken") + "\\"}";
await socket.SendAsync(new ArraySegment<byte>(Encoding.UTF8.GetBytes(hello)), WebSocketMessageType.Text, true, CancellationToken.None);
var buffer = new byte[65536];
var frame = "";
while (!frame.Contains("\\"terminal\\":true"))
{
    frame = "";
    WebSocketReceiveResult part;
    do
    {
        part = await socket.ReceiveAsync(new ArraySegment<byte>(buffer), CancellationToken.None);
        frame += Encoding.UTF8.GetString(buffer, 0, part.Count);
    } while (!part.EndOfMessage);
    Console.WriteLine(frame);
}`,
  whole: (prepared, statements) => `${prepared}

    static async Task Run()
    {
${indent(statements, "        ")}
    }

    static void Main()
    {
        Run().GetAwaiter().GetResult();
    }
}
`,
  program: (
    plan,
  ) => `${plan.files.map((file, index) => `var file${index + 1} = await Upload(${string(file)});\n`).join("")}var run = await Call(${string(plan.runPath)}, ${json(plan.inputs)});

string task;
do
{
    await Task.Delay(1000);
    task = await Call("/Task/Detail", "{\\"taskid\\":\\"" + Field(run, "taskid") + "\\"}");
} while (Field(task, "status") != "task_postprocess_end" && Field(task, "status") != "task_cancel");

Console.WriteLine(task);`,
};
