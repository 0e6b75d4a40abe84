// What a person chose, kept in a cookie, so that the server reads it too, and in localStorage: browsers forget
// cookies that a script sets, some within a week, and a frame may keep one of the two alone.

const YEAR = 31_536_000;

/**
 * @param {string} name
 * @returns {string | null}
 */
export function readCookie(name) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1);
}

/**
 * What was chosen, by this or by an earlier page.
 * @param {string} name
 * @returns {string | null}
 */
export function readStored(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // a frame that may store nothing
  }
}

/**
 * `value`: characters that a cookie may have.
 * @param {string} name
 * @param {string} value
 */
export function keep(name, value) {
  // As the login page sets it; in a Space's frame only such a cookie is kept.
  const scope = location.protocol === "https:" ? "SameSite=None; Secure; Partitioned" : "SameSite=Lax";
  const path = new URL(".", document.baseURI).pathname.replace(/(.)\/$/, "$1");
  document.cookie = `${name}=${value}; Path=${path}; Max-Age=${value ? YEAR : 0}; ${scope}`;
  try {
    localStorage.setItem(name, value);
  } catch {
    // the cookie has it
  }
}
