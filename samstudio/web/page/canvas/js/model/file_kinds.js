// What a file's name says it is: an image for the canvas, or something for an import.

/**
 * Whether a file is among what a chooser accepts: by its name's ending, or by its type where it has none.
 * @param {File} file
 * @param {string} accept
 */
export function isAccepted({ name, type }, accept) {
  const kinds = accept.split(",");
  const endings = kinds.filter((kind) => kind.startsWith("."));
  const named = /\.[a-z0-9]{1,5}$/i.test(name);
  return endings.some((ending) => name.toLowerCase().endsWith(ending)) || (!named && kinds.includes(type));
}
