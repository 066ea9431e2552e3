import type { Language } from "../language.ts";
import { jsonParts } from "../literals.ts";
import type { Body, Plan } from "../plan.ts";

/** Single quotes: the shell looks at nothing inside; a quote is ended, escaped and begun again. */
const string = (text: string) => `'${text.toWellFormed().replaceAll("\0", "").replaceAll("'", "'\\''")}'`;

const headers = (plan: Plan) =>
  plan.auth === "signature"
    ? ['-H "x-api-key: $API_KEY"', '-H "x-nonce: $NONCE"', '-H "x-signature: $SIGNATURE"']
    : ['-H "x-api-key: $API_KEY"'];

const command = (lines: string[]) => lines.join(" \\\n  ");

/** JSON is one line of text to the shell; a variable stands outside the single quotes, in double ones. */
function json(body: Body): string {
  return jsonParts(body)
    .map((part) => ("text" in part ? string(part.text) : `"$FILE_${part.slot}"`))
    .join("");
}

const post = (plan: Plan, path: string, body: Body, extra: string[] = []) =>
  command([
    `curl -sS ${extra.join(" ")}${extra.length > 0 ? " " : ""}-X POST "$API${path}"`,
    "-H 'content-type: application/json'",
    ...headers(plan),
    `-d ${json(body)}`,
  ]);

/** curl's own quoting of a file name inside -F: quotes and backslashes are escaped, then the shell's rules apply. */
const formFile = (file: string) => string(`file=@"${file.replace(/["\\]/g, "\\$&")}"`);

export const curl: Language = {
  grammar: "shellscript",
  string,
  prepare: (plan) =>
    plan.auth === "signature"
      ? `API=${string(plan.api)}
API_KEY=${string(plan.apiKey)}
API_SECRET='YOUR_API_SECRET'

# Any text will do as nonce; the time is a good one.
NONCE=$(date +%s)
# HMAC-SHA256 over secret and nonce, with the key as key.
SIGNATURE=$(printf %s "$API_SECRET$NONCE" | openssl dgst -sha256 -hmac "$API_KEY" | sed 's/^.* //')`
      : `API=${string(plan.api)}\nAPI_KEY=${string(plan.apiKey)}`,
  call: (plan, { path, body }) => post(plan, path, body),
  upload: (plan, { file, folderId }) =>
    command([
      `curl -sS -X POST "$API/File/Upload"`,
      ...headers(plan),
      `-F ${formFile(file)}`,
      `-F folderid=${folderId}`,
    ]),
  follow: (plan) =>
    `# Server-sent events: one for each piece of output, "done" at the end.\n${post(plan, `${plan.runPath}/sync`, plan.inputs, ["-N"]).replace("-H 'content-type: application/json'", "-H 'content-type: application/json' \\\n  -H 'accept: text/event-stream'")}`,
  whole: (prepared, statements) => `#!/bin/sh\nset -e\n${prepared}\n\n${statements}\n`,
  program: (plan) => {
    const field = (name: string, pattern: string) => `sed -n 's/.*"${name}":"\\(${pattern}\\)".*/\\1/p'`;
    const uploads = plan.files.map(
      (file, index) =>
        `FILE_${index + 1}=$(${command([`curl -sS -X POST "$API/File/Upload"`, ...headers(plan), `-F ${formFile(file)}`])} | ${field("url", '[^"]*')})\n`,
    );
    return `${uploads.join("")}ANSWER=$(${post(plan, plan.runPath, plan.inputs)})
TASK=$(printf %s "$ANSWER" | ${field("taskid", "[0-9]*")})
if [ -z "$TASK" ]; then echo "$ANSWER" >&2; exit 1; fi

while :; do
  DETAIL=$(${command([`curl -sS -X POST "$API/Task/Detail"`, ...headers(plan), `-d "{\\"taskid\\":\\"$TASK\\"}"`])})
  case $DETAIL in
    *'"status":"task_postprocess_end"'* | *'"status":"task_cancel"'*) break ;;
  esac
  sleep 1
done
printf '%s\\n' "$DETAIL"`;
  },
};
