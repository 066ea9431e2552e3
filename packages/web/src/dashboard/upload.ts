/** One file on its way into a folder, with what of it has been sent: `fetch` does not tell, `XMLHttpRequest` does. */
import { FileUploadResponse } from "@modelyard/contract";
import type { Session } from "../session/session-provider.tsx";
import { RefusedError } from "../session/use-answer.ts";

export interface UploadOptions {
  session: Session;
  file: File;
  /** "" = the top. */
  folderId: string;
  /** Share of the bytes that are sent, 0 to 1. */
  onProgress: (share: number) => void;
  signal: AbortSignal;
}

/** The API names the field of the form; who looks at the page has a file. */
export function uploadWords(message: string): string {
  const why = /^Request files \[file\] (.+)$/.exec(message)?.[1];
  return why === undefined ? message : `This file ${why}.`;
}

/** Throws RefusedError with the server's sentence, or the signal's reason. */
export async function upload({ session, file, folderId, onProgress, signal }: UploadOptions): Promise<void> {
  if (session.state !== "in") throw new RefusedError("Nobody is signed in.");
  if (file.size === 0) throw new RefusedError("This file is empty.");
  const bearer = await session.tokens.bearer();
  const form = new FormData();
  // The folder goes first: the server reads the parts in order.
  if (folderId !== "") form.append("folderid", folderId);
  form.append("file", file);
  const answer = await new Promise<string>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/File/Upload");
    request.setRequestHeader("authorization", `Bearer ${bearer}`);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => resolve(request.responseText);
    request.onerror = () => reject(new RefusedError("The connection broke while the file was sent."));
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
  const body = JSON.parse(answer) as { errors?: { message?: unknown }[] };
  const message = body.errors?.[0]?.message;
  if (typeof message === "string") throw new RefusedError(uploadWords(message));
  FileUploadResponse.parse(body);
}
