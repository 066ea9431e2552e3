import { indent, type Language } from "../language.ts";
import { mapLiteral, quoted } from "../literals.ts";
import type { Body } from "../plan.ts";

const string = (text: string) => quoted(text, { also: "$", code: (hex) => `\\u{${hex}}` });
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

export const dart: Language = {
  grammar: "dart",
  string,
  prepare: (plan) => `import 'dart:convert';
import 'dart:io';
${plan.auth === "signature" ? "\nimport 'package:crypto/crypto.dart'; // dart pub add crypto\n" : ""}
const api = ${string(plan.api)};
const apiKey = ${string(plan.apiKey)};
${plan.auth === "signature" ? 'const apiSecret = "YOUR_API_SECRET";\n' : ""}
Future<Map<String, dynamic>> post(String path, List<int> body, String contentType) async {
  final request = await HttpClient().postUrl(Uri.parse(api + path));
  request.headers.set('content-type', contentType);
  request.headers.set('x-api-key', apiKey);
${
  plan.auth === "signature"
    ? `  final nonce = DateTime.now().microsecondsSinceEpoch.toString();
  // HMAC-SHA256 over secret and nonce, with the key as key.
  final signature = Hmac(sha256, utf8.encode(apiKey)).convert(utf8.encode(apiSecret + nonce));
  request.headers.set('x-nonce', nonce);
  request.headers.set('x-signature', signature.toString());
`
    : ""
}  request.add(body);
  final response = await request.close();
  final answer = jsonDecode(await response.transform(utf8.decoder).join()) as Map<String, dynamic>;
  if (answer['result'] != true) throw Exception(answer['errors']);
  return answer;
}

Future<Map<String, dynamic>> call(String path, Map<String, dynamic> body) =>
    post(path, utf8.encode(jsonEncode(body)), 'application/json');

Future<String> upload(String path, [String folderid = '']) async {
  final boundary = 'modelyard-\${DateTime.now().microsecondsSinceEpoch}';
  final name = path.split(Platform.pathSeparator).last.replaceAll('\\\\', '\\\\\\\\').replaceAll('"', '\\\\"');
  final body = BytesBuilder();
  body.add(utf8.encode('--$boundary\\r\\ncontent-disposition: form-data; name="folderid"\\r\\n\\r\\n$folderid\\r\\n'));
  body.add(utf8.encode('--$boundary\\r\\ncontent-disposition: form-data; name="file"; filename="$name"\\r\\n\\r\\n'));
  body.add(await File(path).readAsBytes());
  body.add(utf8.encode('\\r\\n--$boundary--\\r\\n'));
  final answer = await post('/File/Upload', body.takeBytes(), 'multipart/form-data; boundary=$boundary');
  return answer['list'][0]['url'] as String;
}`,
  call: (_plan, { path, body }) => `print(await call(${string(path)}, ${literal(body)}));`,
  upload: (_plan, { file, folderId }) => `print(await upload(${string(file)}, ${string(folderId)}));`,
  follow: (plan) => `final run = await call(${string(plan.runPath)}, ${literal(plan.inputs)});
final socket = await WebSocket.connect(${string(plan.socket)});
socket.add(jsonEncode({'type': 'task_info', 'tasktoken': run['socketaccesstoken']}));
await for (final data in socket) {
  final frame = jsonDecode(data as String);
  print(frame);
  if (frame['terminal'] == true) break;
}
await socket.close();`,
  whole: (prepared, statements) => `${prepared}\n\nFuture<void> main() async {\n${indent(statements, "  ")}\n}\n`,
  program: (
    plan,
  ) => `${plan.files.map((file, index) => `final file${index + 1} = await upload(${string(file)});\n`).join("")}final run = await call(${string(plan.runPath)}, ${literal(plan.inputs)});

Map<String, dynamic> task;
do {
  await Future.delayed(const Duration(seconds: 1));
  final detail = await call('/Task/Detail', {'taskid': run['taskid']});
  task = detail['tasklist'][0] as Map<String, dynamic>;
} while (!['task_postprocess_end', 'task_cancel'].contains(task['status']));

if (task['pexit'] != '0') throw Exception(task['debugerror']);
for (final output in task['outputs']) {
  print(output['url'] ?? output['content']['message']);
}`,
};
