// Asking the comparison's addresses; a failure comes back as `{error: sentence}`, never thrown.

const LOST = "The server did not answer. Is it still running? Reload the page to try again.";

/** An address of the app, wherever it is mounted. */
export function route(path) {
  return new URL(`studio/${path}`, document.baseURI);
}

export async function ask(path, values = {}, options = {}) {
  const url = route(path);
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
  try {
    const reply = await fetch(url, options);
    const said = await reply.json();
    return reply.ok || said.error ? said : { error: said.detail ?? LOST };
  } catch {
    return { error: LOST };
  }
}
