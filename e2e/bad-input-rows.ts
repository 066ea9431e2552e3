/** The rows of bad-input.test.ts: item of reliability (c), what is sent, and what must be answered. */
/** Word that stands in every prompt; no log line may have it. */
export const MARK = "zanzibarzucchini";
export const NONCE = "1700000000";

/** What a row must be answered with; without `code`, the server need not answer with JSON. */
export type Expected = { status: number | number[]; code?: number; message?: string | RegExp; success?: true };
export const ok: Expected = { status: 200, success: true };
export const known: Expected = { status: 200, code: 1, message: "There is no task yet." };
export const e401 = (code: number, message: string): Expected => ({ status: 401, code, message });
export const no = (message: string | RegExp, code = 0): Expected => ({ status: 200, code, message });
const nobody = e401(99, "Authorization bearer token is not founded in headers.");
const badBearer = e401(99, "Authorization bearer token is invalid.");
const unknown = e401(0, "Project authorization is not founded.");
const unsigned = e401(0, "Project requires signature authentication. x-signature and x-nonce headers are required.");
export const wrong = e401(0, "Project authorization is not valid.");
const invalid = no("Request parameters are invalid.");
const notHttp: Expected = { status: 400 };
const nowhere: Expected = { status: 404, code: 0, message: "Error parsing url." };
const noModel = no("slug-owner-project-not-exist", 1);
const notNumber = no("Request parameter [steps] must be integer or float");
const between = no("Request parameter [steps] must be between 0 and 100");
const missing = no("Request parameter [prompt] required");
const noCallback = no("Request parameter [callbackUrl] must be an http or https address");
const prompt = MARK;

export type Row = [item: number, name: string, request: () => Buffer, expected: Expected];

/** How requests are written; the projects behind them exist only once the server runs. */
export interface Requests {
  http(path: string, body: string, lines?: string[], method?: string): Buffer;
  run(fields: object | string, model?: string, lines?: string[]): Buffer;
  detail(lines: string[]): Buffer;
  task(path: string, fields: object): Buffer;
  keyLine(): string;
  signedLines(signature?: string, nonce?: string): string[];
  mac(nonce?: string): string;
  signed(): { id: number; apiKey: string };
}

export function rows({ http, run, detail, task, keyLine, signedLines, mac, signed }: Requests): Row[] {
  const multipart = ['Content-Type: multipart/form-data; boundary="b"'];
  return [
    [1, "no key", () => detail([]), nobody],
    [2, "unknown key", () => detail(["x-api-key: nobody"]), unknown],
    [3, "key of 10 kB", () => detail([`x-api-key: ${"k".repeat(10_000)}`]), unknown],
    [3, "key of 20 kB", () => detail([`x-api-key: ${"k".repeat(20_000)}`]), { status: 431 }],
    [3, "key with NUL", () => detail(["x-api-key: a\0b"]), notHttp],
    [3, "key with CR", () => detail(["x-api-key: a\rb"]), notHttp],
    [4, "no signature", () => detail([`x-api-key: ${signed().apiKey}`, `x-nonce: ${NONCE}`]), unsigned],
    [5, "no nonce", () => detail([`x-api-key: ${signed().apiKey}`, `x-signature: ${mac()}`]), unsigned],
    [6, "wrong MAC", () => detail(signedLines(mac("2"))), wrong],
    [7, "one nibble off", () => detail(signedLines(mac().slice(0, -1) + (mac().endsWith("0") ? "1" : "0"))), wrong],
    [7, "63 digits", () => detail(signedLines(mac().slice(1))), wrong],
    [7, "65 digits", () => detail(signedLines(`${mac()}0`)), wrong],
    [7, "base64", () => detail(signedLines(Buffer.from(mac(), "hex").toString("base64"))), wrong],
    [8, "upper case", () => detail(signedLines(mac().toUpperCase())), known],
    [9, "openssl's line", () => detail(signedLines(`SHA2-256(stdin)= ${mac()}`)), known],
    [10, "a nonce of words (wire contract 2.1)", () => detail(signedLines(mac("abc"), "abc")), known],
    [10, "a nonce of 10 kB", () => detail(signedLines(mac("9".repeat(10_000)), "9".repeat(10_000))), wrong],
    [10, "an empty nonce", () => detail(signedLines(mac(""), "")), unsigned],
    [12, "a nonce again, under compat", () => detail(signedLines()), known],
    [13, "two signatures", () => detail([...signedLines(), `x-signature: ${mac()}`]), wrong],
    [16, "a bearer that is none", () => detail(["Authorization: Bearer abc"]), badBearer],
    [19, "a session cookie", () => detail(["Cookie: __Host-session=abc"]), nobody],

    [20, "half of a JSON text", () => run('{"prompt":'), invalid],
    [21, "a list", () => run("[]"), invalid],
    [21, "a text", () => run('"x"'), invalid],
    [21, "null", () => run("null"), invalid],
    [22, "5,000 deep", () => run(`{"prompt":"${MARK}","x":${"[".repeat(5_000)}${"]".repeat(5_000)}}`), invalid],
    [22, "100,000 deep", () => run(`{"x":${'{"x":'.repeat(100_000)}1${"}".repeat(100_000)}}`), invalid],
    [
      23,
      "10 MB of JSON",
      () => run(`{"prompt":"${"x".repeat(10_000_000)}"}`),
      { status: 413, code: 0, message: "Request parameters are invalid." },
    ],
    [
      23,
      "10 MB in two form fields",
      () =>
        run(
          ["a", "b"]
            .map((name) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${"x".repeat(5_000_000)}\r\n`)
            .join("")
            .concat("--b--"),
          "echo",
          [...multipart, keyLine()],
        ),
      { status: 413, code: 0, message: "Request parameters are invalid." },
    ],
    [
      24,
      "__proto__ and constructor",
      () =>
        run(`{"prompt":"${MARK}","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1}`),
      ok,
    ],
    [
      24,
      "__proto__ in a form",
      () =>
        run(`__proto__=1&__proto__[x]=2&prompt=${MARK}`, "echo", [
          "Content-Type: application/x-www-form-urlencoded",
          keyLine(),
        ]),
      ok,
    ],
    [25, "a key twice: the last wins", () => run(`{"prompt":"${MARK}","steps":"abc","steps":1}`), ok],
    [25, "a key twice: the last is checked", () => run(`{"prompt":"${MARK}","steps":1,"steps":"abc"}`), notNumber],
    [26, "no prompt", () => run({}), missing],
    [27, "an empty prompt", () => run({ prompt: "" }), missing],
    [27, "a blank prompt", () => run({ prompt: " \u00a0\n" }), missing],
    [28, "steps in letters", () => run({ prompt, steps: "abc" }), notNumber],
    ...["NaN", "Infinity", "-Infinity", "1e400", "0x10", " ", "١", "1,5", "1 2", "--1", "1e", "."].map(
      (steps): Row => [29, `steps ${JSON.stringify(steps)}`, () => run({ prompt, steps }), notNumber],
    ),
    [29, "a JSON number beyond any", () => run(`{"prompt":"${MARK}","steps":1e400}`), notNumber],
    [29, "NaN as JSON", () => run(`{"prompt":"${MARK}","steps":NaN}`), invalid],
    [30, "steps too many", () => run({ prompt, steps: 101 }), between],
    [30, "steps too few", () => run({ prompt, steps: "-1" }), between],
    [
      31,
      "a number that a double rounds",
      () => run(`{"title":"${MARK}","seed":9007199254740993}`, "kinds-2-0"),
      no(/^Request parameter \[seed\] must be between/),
    ],
    [
      32,
      "no such option",
      () => run({ prompt, mode: "destroy" }),
      no("Request parameter [mode] must be one of: plain, fail, sleep, stderr"),
    ],
    [33, "an object as text", () => run({ prompt: { a: MARK } }), no("Request parameter [prompt] must be text")],
    [33, "a list as text", () => run({ prompt: [MARK] }), no("Request parameter [prompt] must be text")],
    [
      33,
      "a forged file",
      () => run({ prompt, inputImage: { file: { ref: "../../etc/passwd", accessKey: "x", name: "x", size: 1 } } }),
      no("Request files [inputImage] must be a file or an address"),
    ],
    [
      34,
      "surrogates, NUL, direction marks",
      () => run(`{"prompt":"${MARK} \\ud800 \\u0000 \\u202e \\u200b","\\ud800":"\\udfff"}`),
      ok,
    ],
    [
      34,
      "bytes that are no UTF-8",
      () => Buffer.concat([run({ prompt }).subarray(0, -2), Buffer.from([0xff]), Buffer.from("}")]),
      { status: [200, 400] },
    ],
    [
      34,
      "a prompt of 1 MB",
      () => run({ prompt: MARK + "x".repeat(1_000_000) }),
      no("Request parameter [prompt] must be at most 100000 characters"),
    ],
    ...["$(touch /tmp/x)", "; rm -rf /", "--output=/etc/x", "@/etc/passwd", "a\nb"].map(
      (text): Row => [35, `prompt ${JSON.stringify(text)}`, () => run({ prompt: `${text}${MARK}` }), ok],
    ),
    [36, "an unknown parameter", () => run({ prompt, nonsense: { a: [1] } }), ok],
    [37, "an unknown model", () => run({}, "nothing"), noModel],
    [38, "a model that is no longer offered", () => run({}, "retired"), no("tool-not-accessible", 1)],
    [39, "..%2f", () => run({}, "..%2f..%2fetc"), noModel],
    [39, "NUL", () => run({}, "echo%00"), noModel],
    [39, "a look-alike", () => run({}, "%D0%B5cho"), noModel],
    [39, "a percent sign alone", () => run({}, "%"), nowhere],
    [39, "../", () => run({}, "../../Task/Detail"), nowhere],
    [40, "no file", () => run({}, "needs"), no("Request files [one] required")],
    [44, "javascript:", () => run({ prompt, callbackUrl: "javascript:alert(1)" }), noCallback],
    [44, "file:", () => run({ prompt, callbackUrl: "file:///etc/passwd" }), noCallback],
    [44, "3 kB", () => run({ prompt, callbackUrl: `https://example.org/${"x".repeat(3_000)}` }), noCallback],
    [44, "credentials", () => run({ prompt, callbackUrl: "https://a:b@example.org/" }), noCallback],
    [
      45,
      "somebody else's project",
      () => run({ prompt, projectid: String(signed().id) }),
      no("You don't have any permission for this action."),
    ],
    [
      46,
      "JSON as text/plain (wire contract 1)",
      () => run({ prompt }, "echo", ["Content-Type: text/plain", keyLine()]),
      ok,
    ],
    [
      46,
      "JSON with another charset",
      () => run({ prompt }, "echo", ["Content-Type: application/json; charset=utf-16", keyLine()]),
      ok,
    ],
    [46, "text without a type", () => run("prompt=x", "echo"), invalid],
    ...["GET", "PUT", "PATCH", "DELETE", "TRACE", "HEAD"].map(
      (method): Row => [
        47,
        `${method} on Run`,
        () => http("/v1/Run/test/echo", "", undefined, method),
        { status: [404, 405] },
      ],
    ),
    [47, "a method that is none", () => http("/v1/Run/test/echo", "", undefined, "MAKE"), notHttp],

    [
      49,
      "Content-Length and Transfer-Encoding",
      () => run("{}", "echo", [keyLine(), "Transfer-Encoding: chunked"]),
      notHttp,
    ],
    [50, "two Content-Lengths", () => run("{}", "echo", [keyLine(), "Content-Length: 3"]), notHttp],
    [
      51,
      "a negative Content-Length",
      () => Buffer.from("POST /v1/Run/test/echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
      notHttp,
    ],
    [
      52,
      "a chunk of no size",
      () =>
        Buffer.from(
          `POST /v1/Run/test/echo HTTP/1.1\r\nHost: x\r\n${keyLine()}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
        ),
      { status: [400, 200] },
    ],
    [
      53,
      "headers of 17 kB",
      () => detail([keyLine(), ...Array.from({ length: 17 }, (_, n) => `x-pad-${n}: ${"x".repeat(1_000)}`)]),
      { status: 431 },
    ],
    [54, "no Host", () => Buffer.from("POST /v1/Task/Detail HTTP/1.1\r\nContent-Length: 0\r\n\r\n"), notHttp],
    [
      55,
      "bare line feeds",
      () => Buffer.from("POST /v1/Task/Detail HTTP/1.1\nHost: x\nContent-Length: 0\n\n"),
      notHttp,
    ],
    [56, "NUL in a header", () => detail([keyLine(), "x-note: a\0b"]), notHttp],
    [
      57,
      "another host's whole address",
      () => http("http://evil.example/v1/Task/Detail", "{}"),
      { status: [404, 200] },
    ],
    [59, "an expectation nobody can meet", () => detail([keyLine(), "Expect: a-pony"]), { status: 417 }],
    [
      59,
      "an upgrade to something else is declined by answering",
      () =>
        http("/v1/Task/Detail", '{"tasktoken":"test"}', [
          keyLine(),
          "Connection: Upgrade, HTTP2-Settings",
          "Upgrade: h2c",
          "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
        ]),
      known,
    ],
    [
      59,
      "a socket of another version",
      () =>
        http(
          "/v1",
          "",
          [
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 99",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
          ],
          "GET",
        ),
      { status: [400, 404, 426] },
    ],
    [59, "no HTTP at all", () => Buffer.from("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), notHttp],

    [60, "no name of a task", () => task("Detail", {}), no("taskid or socketaccesstoken is required")],
    ...["1 OR 1=1", -1, "9223372036854775808", 1.5, "x".repeat(30), "999999999"].flatMap((taskid) =>
      ["Detail", "Cancel", "Kill"].map(
        (path): Row => [61, `${path} of ${JSON.stringify(taskid)}`, () => task(path, { taskid }), known],
      ),
    ),
  ];
}
