/**
 * Where files are addressed. By default the API's own origin serves them, with headers that make them inert. An operator may name
 * a second origin for them (`--files-url`, the same server under another name): then nothing else answers there, so that whatever
 * a browser might make of a model's output, it is not this site (reliability.md 4).
 */
export interface FilesOrigin {
  /** Base address of files, no slash at the end. */
  base: string;
  /** `host[:port]` as browsers send it. */
  host: string;
}

export function filesOrigin(url: string | undefined): FilesOrigin | undefined {
  return url === undefined ? undefined : { base: url, host: new URL(url).host };
}

/** Whether a request that came to the files' own host may be answered there. */
export function answersOnFilesHost(request: { method: string; url: string }): boolean {
  return /^(GET|HEAD|OPTIONS)$/.test(request.method) && /^\/v1\/File\//i.test(request.url);
}
