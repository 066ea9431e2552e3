/** What a chat with a language model is begun with. Pure. */

/** Names and addresses that no machine outside can reach: those of this computer and of private networks (RFC 1918, 4193, 6761, 6762). */
export function isPrivateHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  if (/^(localhost|.*\.(localhost|local|internal|lan|home|test|invalid|example))$/.test(name)) return true;
  if (/^(127|10|0)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\./.test(name)) return true;
  if (name.includes(":")) return /^(::1?$|f[cd]|fe[89ab])/.test(name);
  // A name of one part is one of a local network.
  return !name.includes(".");
}

/** What a link may carry; beyond it browsers and servers cut. Characters, encoded. */
const LINK_LIMIT = 7_500;

/**
 * What a chat is to begin with: the address of the model's description where the chat's server can read it, else the description itself, as
 * much of it as fits into a link.
 */
export function chatPrompt(page: URL, prompt: string): string {
  if (!isPrivateHost(page.hostname))
    return `Read ${page.origin}${page.pathname}/llms.txt and help me call this AI model from my program.`;
  let text = prompt;
  while (encodeURIComponent(text).length > LINK_LIMIT)
    text = text.slice(0, Math.floor(text.length * 0.9)).toWellFormed();
  return text === prompt ? text : `${text}\n\n(Cut off here.)`;
}
