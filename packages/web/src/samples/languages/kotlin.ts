import { indent, type Language } from "../language.ts";
import { jsonParts, quoted } from "../literals.ts";
import type { Body } from "../plan.ts";

const string = (text: string) => quoted(text, { also: "$", code: (hex) => `\\u${hex}` });
/** The JDK has no JSON: the body is text, written by the page. */
const json = (body: Body) =>
  jsonParts(body)
    .map((part) => ("text" in part ? lines(part.text) : `file${part.slot}`))
    .join(" + ");
/** One literal a line of the JSON, joined. */
const lines = (text: string) =>
  text
    .split(/(?<=\n)/)
    .map(string)
    .join(" +\n    ");

export const kotlin: Language = {
  grammar: "kotlin",
  string,
  prepare: (plan) => `import java.io.ByteArrayOutputStream
import java.io.File
import java.net.HttpURLConnection
import java.net.URI
import java.net.URL
import java.net.http.HttpClient
import java.net.http.WebSocket
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

val api = ${string(plan.api)}
val apiKey = ${string(plan.apiKey)}
${plan.auth === "signature" ? 'val apiSecret = "YOUR_API_SECRET"\n' : ""}
fun post(path: String, body: ByteArray, contentType: String): String {
    val connection = URL(api + path).openConnection() as HttpURLConnection
    connection.requestMethod = "POST"
    connection.doOutput = true
    connection.setRequestProperty("content-type", contentType)
    connection.setRequestProperty("x-api-key", apiKey)
${
  plan.auth === "signature"
    ? `    val nonce = System.nanoTime().toString()
    // HMAC-SHA256 over secret and nonce, with the key as key.
    val mac = Mac.getInstance("HmacSHA256")
    mac.init(SecretKeySpec(apiKey.toByteArray(), "HmacSHA256"))
    val signature = mac.doFinal((apiSecret + nonce).toByteArray()).joinToString("") { "%02x".format(it) }
    connection.setRequestProperty("x-nonce", nonce)
    connection.setRequestProperty("x-signature", signature)
`
    : ""
}    connection.outputStream.use { it.write(body) }
    val stream = connection.errorStream ?: connection.inputStream
    val answer = stream.use { it.readBytes() }.toString(Charsets.UTF_8)
    if (field(answer, "result") != "true") throw RuntimeException(answer)
    return answer
}

fun call(path: String, json: String): String = post(path, json.toByteArray(), "application/json")

fun upload(path: String, folderid: String = ""): String {
    val boundary = "modelyard-" + System.nanoTime()
    val name = File(path).name.replace("\\\\", "\\\\\\\\").replace("\\"", "\\\\\\"")
    val body = ByteArrayOutputStream()
    body.write(("--" + boundary + "\\r\\ncontent-disposition: form-data; name=\\"folderid\\"\\r\\n\\r\\n" + folderid + "\\r\\n").toByteArray())
    body.write(("--" + boundary + "\\r\\ncontent-disposition: form-data; name=\\"file\\"; filename=\\"" + name + "\\"\\r\\n\\r\\n").toByteArray())
    body.write(File(path).readBytes())
    body.write(("\\r\\n--" + boundary + "--\\r\\n").toByteArray())
    return field(post("/File/Upload", body.toByteArray(), "multipart/form-data; boundary=" + boundary), "url")
}

// The first field of this name; enough for what is asked here, use a JSON library for more.
fun field(json: String, name: String): String {
    val match = Regex("\\"" + name + "\\":(?:\\"([^\\"]*)\\"|([a-z0-9]+))").find(json) ?: return ""
    return match.groupValues[1] + match.groupValues[2]
}`,
  call: (_plan, { path, body }) => `println(call(${string(path)}, ${json(body)}))`,
  upload: (_plan, { file, folderId }) => `println(upload(${string(file)}, ${string(folderId)}))`,
  follow: (plan) => `val run = call(${string(plan.runPath)}, ${json(plan.inputs)})
val done = CompletableFuture<Unit>()
val listener = object : WebSocket.Listener {
    var frame = ""
    override fun onText(socket: WebSocket, data: CharSequence, last: Boolean): CompletionStage<*>? {
        frame += data
        if (last) {
            println(frame)
            if ("\\"terminal\\":true" in frame) done.complete(Unit)
            frame = ""
        }
        socket.request(1)
        return null
    }
}
val socket = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(URI(${string(plan.socket)}), listener).join()
socket.sendText("{\\"type\\":\\"task_info\\",\\"tasktoken\\":\\"" + field(run, "socketaccesstoken") + "\\"}", true).join()
done.join()`,
  whole: (prepared, statements) => `${prepared}\n\nfun main() {\n${indent(statements, "    ")}\n}\n`,
  program: (
    plan,
  ) => `${plan.files.map((file, index) => `val file${index + 1} = upload(${string(file)})\n`).join("")}val run = call(${string(plan.runPath)}, ${json(plan.inputs)})

var task = ""
while (field(task, "status") != "task_postprocess_end" && field(task, "status") != "task_cancel") {
    Thread.sleep(1000)
    task = call("/Task/Detail", "{\\"taskid\\":\\"" + field(run, "taskid") + "\\"}")
}
println(task)`,
};
