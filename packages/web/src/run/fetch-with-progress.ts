/** `fetch` for a request that carries files: it says how much of it is sent, which the browser's own does not. */

import { CANCELLED } from "./run.ts";

/**
 * `onProgress`: share of the body that is sent, 0 to 1. `signal`: aborted with CANCELLED it ends the sending, as long as not all is sent;
 * after that the server's answer is waited for. Only for what the SDK asks for: a POST with a form, answered with text.
 */
export function fetchWithProgress(onProgress: (share: number) => void, signal: AbortSignal): typeof fetch {
  return (input, init) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(init?.method ?? "GET", String(input));
      for (const [name, value] of new Headers(init?.headers)) request.setRequestHeader(name, value);
      const cancel = () => {
        if (signal.reason === CANCELLED) request.abort();
      };
      signal.addEventListener("abort", cancel);
      request.upload.onload = () => signal.removeEventListener("abort", cancel);
      request.onabort = () => reject(signal.reason);
      request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
      request.onload = () => resolve(new Response(request.responseText, { status: request.status }));
      request.onerror = () => reject(new TypeError("the connection broke"));
      if (signal.reason === CANCELLED) return reject(signal.reason);
      request.send(init?.body as XMLHttpRequestBodyInit);
    });
}
