// What a file's name says it is: an image for the canvas, or something for an import.

const IMAGE = /\.(jpe?g|png|webp|bmp|tiff?|gif|heic|heif|avif)$/i;
const TYPED = /^image\/(?!svg)/;

/**
 * Whether a file is an image by its name, or by the type that the browser gives it where the name has no ending.
 * @param {File} file
 */
export function isImage({ name, type }) {
  return IMAGE.test(name) || (!/\.[a-z0-9]{1,5}$/i.test(name) && TYPED.test(type));
}
