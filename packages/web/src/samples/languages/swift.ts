import type { Language } from "../language.ts";
import { mapLiteral, quoted } from "../literals.ts";
import type { Body } from "../plan.ts";

/** The backslash is escaped, so that \\( begins no interpolation. */
const string = (text: string) => quoted(text, { code: (hex) => `\\u{${hex}}` });
const literal = (body: Body) =>
  Object.keys(body).length === 0
    ? "[:]"
    : mapLiteral(body, {
        string,
        true: "true",
        false: "false",
        open: "[",
        close: "]",
        pair: ": ",
        list: ["[", "]"],
        file: (slot) => `file${slot}`,
        trailingComma: true,
      });

export const swift: Language = {
  grammar: "swift",
  string,
  prepare: (plan) => `import Foundation
${plan.auth === "signature" ? "import CryptoKit\n" : ""}
let api = ${string(plan.api)}
let apiKey = ${string(plan.apiKey)}
${plan.auth === "signature" ? 'let apiSecret = "YOUR_API_SECRET"\n' : ""}
struct Refused: Error { let answer: [String: Any] }

func post(_ path: String, _ body: Data, _ contentType: String) async throws -> [String: Any] {
    var request = URLRequest(url: URL(string: api + path)!)
    request.httpMethod = "POST"
    request.httpBody = body
    request.setValue(contentType, forHTTPHeaderField: "content-type")
    request.setValue(apiKey, forHTTPHeaderField: "x-api-key")
${
  plan.auth === "signature"
    ? `    let nonce = String(Date().timeIntervalSince1970)
    // HMAC-SHA256 over secret and nonce, with the key as key.
    let key = SymmetricKey(data: Data(apiKey.utf8))
    let code = HMAC<SHA256>.authenticationCode(for: Data((apiSecret + nonce).utf8), using: key)
    request.setValue(nonce, forHTTPHeaderField: "x-nonce")
    request.setValue(code.map { String(format: "%02x", $0) }.joined(), forHTTPHeaderField: "x-signature")
`
    : ""
}    let (data, _) = try await URLSession.shared.data(for: request)
    let answer = try JSONSerialization.jsonObject(with: data) as! [String: Any]
    if answer["result"] as? Bool != true { throw Refused(answer: answer) }
    return answer
}

func call(_ path: String, _ body: [String: Any]) async throws -> [String: Any] {
    try await post(path, JSONSerialization.data(withJSONObject: body), "application/json")
}

func upload(_ path: String, _ folderid: String = "") async throws -> String {
    let boundary = UUID().uuidString
    let file = URL(fileURLWithPath: path)
    let name = file.lastPathComponent.replacingOccurrences(of: "\\\\", with: "\\\\\\\\").replacingOccurrences(of: "\\"", with: "\\\\\\"")
    var body = Data("--\\(boundary)\\r\\ncontent-disposition: form-data; name=\\"folderid\\"\\r\\n\\r\\n\\(folderid)\\r\\n".utf8)
    body += Data("--\\(boundary)\\r\\ncontent-disposition: form-data; name=\\"file\\"; filename=\\"\\(name)\\"\\r\\n\\r\\n".utf8)
    body += try Data(contentsOf: file)
    body += Data("\\r\\n--\\(boundary)--\\r\\n".utf8)
    let answer = try await post("/File/Upload", body, "multipart/form-data; boundary=\\(boundary)")
    return (answer["list"] as! [[String: Any]])[0]["url"] as! String
}`,
  call: (_plan, { path, body }) => `print(try await call(${string(path)}, ${literal(body)}))`,
  upload: (_plan, { file, folderId }) => `print(try await upload(${string(file)}, ${string(folderId)}))`,
  follow: (plan) => `let run = try await call(${string(plan.runPath)}, ${literal(plan.inputs)})
let socket = URLSession.shared.webSocketTask(with: URL(string: ${string(plan.socket)})!)
socket.resume()
let hello = ["type": "task_info", "tasktoken": run["socketaccesstoken"] as! String]
try await socket.send(.data(JSONSerialization.data(withJSONObject: hello)))
while case .string(let frame) = try await socket.receive() {
    print(frame)
    if frame.contains("\\"terminal\\":true") { break }
}`,
  whole: (prepared, statements) => `${prepared}\n\n${statements}\n`,
  program: (
    plan,
  ) => `${plan.files.map((file, index) => `let file${index + 1} = try await upload(${string(file)})\n`).join("")}let run = try await call(${string(plan.runPath)}, ${literal(plan.inputs)})

var task: [String: Any] = [:]
repeat {
    try await Task.sleep(nanoseconds: 1_000_000_000)
    let detail = try await call("/Task/Detail", ["taskid": run["taskid"]!])
    task = (detail["tasklist"] as! [[String: Any]])[0]
} while !["task_postprocess_end", "task_cancel"].contains(task["status"] as! String)

if task["pexit"] as? String != "0" { throw Refused(answer: task) }
for output in task["outputs"] as! [[String: Any]] {
    print(output["url"] ?? (output["content"] as! [String: Any])["message"]!)
}`,
};
