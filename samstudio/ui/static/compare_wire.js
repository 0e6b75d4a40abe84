// Asking the comparison's addresses; a failure comes back as `{error: sentence}`, never thrown.

/** An address of the app, wherever it is mounted. */
export function route(path) {
  return new URL(`studio/${path}`, document.baseURI);
}

export async function ask(path, values = {}, options = {}) {
  const url = route(path);
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
  try {
    const reply = await fetch(url, options);
    return await reply.json();
  } catch {
    return { error: "The server did not answer. Is it still running? Reload the page to try again." };
  }
}
