/** A name for fetched bytes, fit to be shown and to take an extension from; never a path. */
const LONGEST = 100;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `filename*` (RFC 8187, UTF-8 only) before `filename`. */
function fromDisposition(header: string | undefined): string | undefined {
  const extended = /(?:^|;)\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(header ?? "")?.[1];
  if (extended !== undefined) return decoded(extended);
  const plain = /(?:^|;)\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header ?? "");
  return plain?.[1]?.replace(/\\(.)/g, "$1") ?? plain?.[2];
}

function clean(name: string): string {
  const base = name.toWellFormed().split(/[/\\]/).at(-1) ?? "";
  const plain = base.replace(/[^\p{L}\p{N}._ -]/gu, "").replace(/^[. ]+|[. ]+$/g, "");
  if (plain.length <= LONGEST) return plain;
  const extension = /\.[A-Za-z0-9]{1,8}$/.exec(plain)?.[0] ?? "";
  return plain.slice(0, LONGEST - extension.length) + extension;
}

export function fileName(url: URL, disposition: string | undefined): string {
  return clean(fromDisposition(disposition) ?? "") || clean(decoded(url.pathname)) || "file";
}
